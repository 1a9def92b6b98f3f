using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests.Rollback;

/// <summary>
/// The operator as an adversary. It has the log key, every answer it was given, and as many enclaves as it
/// likes; its plans go on side by side, a step of one and then of another.
/// </summary>
internal sealed class RollbackHost(RollbackWorld world)
{
    private const int EnclavesMax = 4;

    private static readonly string[] Origins = [RollbackWorld.Plain, RollbackWorld.Sealed];

    private readonly RollbackArchive _archive = new();
    private int _nextLeaf;

    /// <summary>What it sets out to do next.</summary>
    public IEnumerable<bool> NextPlan()
    {
        var enclave = world.Enclaves.Count == 0 || (world.Enclaves.Count < EnclavesMax && world.Chance(12))
            ? world.Boot()
            : world.Enclaves[world.Random.Next(world.Enclaves.Count)];
        var origin = Origins[world.Random.Next(Origins.Length)];
        return world.Random.Next(100) switch
        {
            < 4 => Wait(),
            < 8 => Crash(enclave),
            < 11 => Forge(origin),
            < 20 when enclave.Held.ContainsKey(origin) => Race(enclave, origin),
            _ when enclave.Held.ContainsKey(origin) => Append(enclave, origin, percent: 65),
            _ => Open(enclave, origin),
        };
    }

    private IEnumerable<bool> Wait()
    {
        world.Advance(world.Random.Next(1, 120) * 1000L);
        yield return true;
    }

    private IEnumerable<bool> Crash(RollbackEnclave enclave)
    {
        if (world.Enclaves.Contains(enclave))
            world.Crash(enclave);
        yield return true;
    }

    /// <summary>A checkpoint that no enclave signed; stock witnesses look at the log's key alone.</summary>
    private IEnumerable<bool> Forge(string origin)
    {
        var (forged, _) = Start(origin);
        forged = forged.With(NewLeaves());
        world.Note("forged", $"forges {forged}");
        foreach (var _ in AskSome(forged, percent: 30))
            yield return true;
    }

    private IEnumerable<bool> Open(RollbackEnclave enclave, string origin)
    {
        if (world.Chance(92))
            Begin(enclave, origin);
        yield return true;
        if (world.Chance(85))
            world.Advance(world.Random.Next(2_000, 7_000));
        yield return true;
        var (start, toRequest) = Start(origin);
        foreach (var _ in AskSome(start, percent: 75))
            yield return true;
        TryOpen(enclave, start, toRequest());
    }

    /// <summary>
    /// Has witnesses cosign what a chain is at, then a quorum what comes next, and right after begins an
    /// opening elsewhere: a clock that is ahead makes the first look as if it came last.
    /// </summary>
    private IEnumerable<bool> Race(RollbackEnclave ahead, string origin)
    {
        var start = ahead.Held[origin];
        var head = _archive.Heads.FindLastIndex(head => head.History.Checkpoint == start.Checkpoint);
        if (head < 0 || !world.Enclaves.Contains(ahead))
            yield break;
        foreach (var _ in AskSome(start, percent: 90).Concat(Append(ahead, origin, percent: 90)))
            world.Advance(1);
        var behind = world.Boot();
        Begin(behind, origin);
        world.Advance(3_000);
        yield return true;
        TryOpen(behind, start, _archive.Resume(head, proposal: null));
        if (world.Enclaves.Contains(behind))
            world.Crash(behind);
    }

    private void Begin(RollbackEnclave enclave, string origin)
    {
        if (enclave.Ask(new BeginOpenRequest(origin)) is BeginOpenReply)
            enclave.Begun[origin] = world.Invariants.Moment();
    }

    private void TryOpen(RollbackEnclave enclave, History start, EnclaveRequest request)
    {
        var origin = start.Origin;
        if (!world.Enclaves.Contains(enclave) || enclave.Held.ContainsKey(origin))
            return;
        var reply = enclave.Ask(request);
        var outcome = (reply as RefusedReply)?.Refusal.Reason.ToString() ?? "open";
        world.Note(outcome, $"e{enclave.Number} opens {start}: {outcome}");
        if (reply is not OpenReply open)
            return;
        if (request is ResumeRequest { Proposal: not null })
            world.Note("resumed from a proposal", $"e{enclave.Number} goes on from a proposal");
        enclave.Held[origin] = start;
        world.Invariants.Opened(start, enclave.Begun.GetValueOrDefault(origin, int.MaxValue), world.NowMs);
        Cosigned(enclave, start, open.Head);
    }

    private IEnumerable<bool> Append(RollbackEnclave enclave, string origin, int percent)
    {
        var held = enclave.Held[origin];
        var leaves = NewLeaves();
        var request = Epoch.Appending(origin, (ulong)held.Leaves.Length, leaves);
        if (!world.Enclaves.Contains(enclave) || Appended(enclave, request) is not { } result)
            yield break;
        // A lost answer is asked for again: the exact repeat.
        if (world.Chance(15))
            result = Appended(enclave, request)!;
        var next = held;
        if (result.Refusal is null)
        {
            enclave.Held[origin] = next = held.With(leaves);
            if (result.Proposal is { } proposal)
                _archive.Proposals.Add((enclave, next, proposal));
            else
                Cosigned(enclave, next, ToHead(origin, result));
        }

        world.Note(
            result.Refusal?.Reason.ToString() ?? "appended", $"e{enclave.Number} appends {next}");
        foreach (var _ in AskSome(next, percent))
            yield return true;
        if (origin == RollbackWorld.Sealed && world.Enclaves.Contains(enclave))
            Seal(enclave, next);
    }

    private void Seal(RollbackEnclave enclave, History proposed)
    {
        var size = (ulong)proposed.Leaves.Length;
        var reply = enclave.Ask(new SealRequest(proposed.Origin, size, _archive.Lines(proposed)));
        var outcome = (reply as RefusedReply)?.Refusal.Reason.ToString() ?? "seal";
        world.Note(outcome, $"e{enclave.Number} seals {proposed}: {outcome}");
        if (reply is SealReply done)
            Cosigned(enclave, proposed, done.Head);
    }

    private static AppendResult? Appended(RollbackEnclave enclave, AppendRequest request) =>
        (enclave.Ask(request) as AppendReply)?.Results[0];

    private static Head ToHead(string origin, AppendResult result) =>
        new(origin, result.NewSize, result.Root, result.Time, result.Cosignature);

    private void Cosigned(RollbackEnclave enclave, History history, Head head)
    {
        (head.Size, head.Root).Should().Be((history.Checkpoint.Size, history.Checkpoint.Root));
        world.Invariants.Cosigned(history);
        _archive.Heads.Add((enclave, history, head.Time, head.Cosignature));
    }

    /// <summary>What a chain may be made to start from: nothing, or any head or proposal there was.</summary>
    private (History Start, Func<EnclaveRequest> ToRequest) Start(string origin)
    {
        int[] heads = [.. Indices(_archive.Heads, head => head.History.Origin == origin)];
        if (heads.Length == 0 || world.Chance(12))
        {
            var empty = new History(origin, []);
            return (empty, () => new CreateRequest(origin, _archive.Lines(empty)));
        }

        var head = world.Chance(55)
            ? heads.MaxBy(i => _archive.Heads[i].History.Leaves.Length)
            : heads[world.Random.Next(heads.Length)];
        var (epoch, history, _, _) = _archive.Heads[head];
        int[] proposals =
        [
            .. Indices(_archive.Proposals, proposal => proposal.Epoch == epoch
                && proposal.History.Origin == origin
                && proposal.History.Leaves.Length > history.Leaves.Length),
        ];
        int? proposed = proposals.Length > 0 && world.Chance(60)
            ? proposals[world.Random.Next(proposals.Length)]
            : null;
        var start = proposed is { } number ? _archive.Proposals[number].History : history;
        return (start, () => _archive.Resume(head, proposed));
    }

    private static IEnumerable<int> Indices<T>(List<T> items, Func<T, bool> isWanted) =>
        Enumerable.Range(0, items.Count).Where(i => isWanted(items[i]));

    private Hash[] NewLeaves()
    {
        var count = world.Random.Next(1, 4);
        _nextLeaf += count;
        return Tree.Leaves(_nextLeaf - count, count);
    }

    /// <summary>Asks each witness or not, in an order of its own.</summary>
    private IEnumerable<bool> AskSome(History history, int percent)
    {
        var order = world.Witnesses.ToArray();
        world.Random.Shuffle(order);
        foreach (var witness in order.Where(_ => world.Chance(percent)))
        {
            Ask(witness, history);
            yield return true;
        }
    }

    private void Ask(RollbackWitness witness, History history)
    {
        if (witness.IsLiar)
        {
            var seconds = world.NowMs / 1000 + world.Random.Next(-70, 10);
            _archive.Add(history, witness.Cosign(history.Checkpoint, (ulong)seconds));
            return;
        }

        var size = 0ul;
        for (var attempt = 0; attempt < 2 && size <= history.Checkpoint.Size; attempt++)
        {
            var proof = history.ProofFrom((int)size);
            (var status, size, var line) = witness.Add(history.Checkpoint, size, proof, world.NowMs);
            world.Note($"{status}", $"{witness.Name} asked for {history}: {status}");
            if (line is null)
                continue;
            world.Invariants.Witnessed(history, witness.Key, world.NowMs);
            if (!world.Chance(10)) // else the answer is lost
                _archive.Add(history, line);
            return;
        }
    }
}
