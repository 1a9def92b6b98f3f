using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>One run of random commands; each answer is held against what the rules say.</summary>
internal sealed class ModelRun : IDisposable
{
    private const int ChainsMax = 2;

    private readonly TestWitnesses _witnesses = new("x", "y", "z");
    private readonly bool _demandsWitnesses;
    private readonly ModelChain[] _chains;
    private readonly (SessionRole Role, ulong? Generation)[] _sessions = new (SessionRole, ulong?)[3];
    private Epoch _epoch;
    private ulong _now = Epoch.Start;
    private ulong _generation = 1;
    private int _nextLeaf;

    /// <param name="demandsWitnesses">Whether the image names witnesses; its chains b and c are then of
    /// witnessed finality.</param>
    public ModelRun(bool demandsWitnesses)
    {
        _demandsWitnesses = demandsWitnesses;
        _chains =
            [.. new[] { "a", "b", "c" }.Select(id => new ModelChain(id, demandsWitnesses && id != "a"))];
        _epoch = Boot();
        _sessions[0] = (_epoch.Writer, 1);
    }

    public void Do(int command, int chainNumber, int session, int count)
    {
        var chain = _chains[chainNumber];
        switch (command)
        {
            case 0:
                OpenSession(session, count);
                break;
            case 1:
                Create(session, chain, count);
                break;
            case 2 or 12:
                Resume(session, chain, count);
                break;
            case 3:
                chain.IsRetired |=
                    Ask(session, new RetireRequest(chain.Origin), ToUse(chain)) is RetireReply;
                break;
            case 4:
                Repeat(session, chain);
                break;
            case 5:
                Append(session, chain, chain.Leaves.Count - count - 1, count + 1);
                break;
            case 6 when count == 0:
                Reboot();
                break;
            case 7 or 13:
                _now += (ulong)count;
                _epoch.Advance(TimeSpan.FromSeconds(count));
                break;
            case 8:
                _epoch.Machine.Renew();
                break;
            case 9 or 14:
                Begin(session, chain);
                break;
            case 10 or 15:
                Seal(session, chain, count);
                break;
            default:
                Append(session, chain, chain.Leaves.Count, count + 1);
                break;
        }
    }

    public void Dispose()
    {
        _epoch.Dispose();
        _witnesses.Dispose();
    }

    private Epoch Boot()
    {
        var configuration = _demandsWitnesses ? _witnesses.Demand(2, "b", "c") : Epoch.Configuration;
        return Epoch.Boot(_now, configuration with { ChainsMax = ChainsMax });
    }

    private void Reboot()
    {
        foreach (var chain in _chains)
            chain.End(_epoch);
        _epoch.Dispose();
        _epoch = Boot();
        Array.Clear(_sessions);
        _sessions[0] = (_epoch.Writer, _generation = 1);
    }

    private void OpenSession(int session, int kind)
    {
        ulong? generation = kind == 0 ? null : _generation + (ulong)kind - 2;
        var role = EnclaveMachine.OpenSession();
        var expected = generation <= _generation ? EnclaveRefusalReason.Fenced : default;
        var hello = new HelloRequest(Limits.Version, Limits.Version, generation);
        Check(_epoch.Machine.Execute(role, hello), expected);
        if (expected != default)
            return;
        _sessions[session] = (role, generation);
        _generation = Math.Max(_generation, generation ?? 0);
    }

    private void Begin(int session, ModelChain chain)
    {
        var expected = ToOpen(chain);
        if (expected == default && _demandsWitnesses && chain.Begun is null
            && _chains.Count(other => other.Begun is not null) == ChainsMax)
        {
            expected = EnclaveRefusalReason.ChainsFull;
        }

        var reply = Ask(session, new BeginOpenRequest(chain.Origin), expected);
        if (reply is BeginOpenReply begun && _demandsWitnesses)
        {
            begun.Should().Be(new BeginOpenReply(_now, _now + 3));
            chain.Begun = _now;
        }
    }

    private void Create(int session, ModelChain chain, int count)
    {
        // A ledger never creates what it has a history of: that is the fork which only witnesses prevent.
        if (chain.Leaves.Count > 0 && !chain.IsHeld)
            return;
        var empty = new Checkpoint(chain.Origin, 0, MerkleHash.Empty);
        var (lines, expected) = Witnessed(chain, empty, count);
        Adopt(chain, Ask(session, new CreateRequest(chain.Origin, lines), expected));
    }

    private void Resume(int session, ModelChain chain, int count)
    {
        if (chain.ToResume is not { } resume)
            return;
        var start = Checkpoint.Parse(resume.Proposal?.Checkpoint ?? resume.Checkpoint);
        var (lines, expected) = Witnessed(chain, start, count);
        Adopt(chain, Ask(session, resume with { WitnessLines = lines }, expected));
    }

    private void Adopt(ModelChain chain, EnclaveReply reply)
    {
        if (reply is OpenReply open)
            chain.Adopt(open.Head, _epoch, _now);
    }

    /// <summary>Witness lines of one kind or another, and what an opening with them comes to.</summary>
    private (string Lines, EnclaveRefusalReason Expected) Witnessed(
        ModelChain chain, Checkpoint start, int kind)
    {
        var time = (chain.Begun ?? _now) + (ulong)kind;
        var lines = kind == 0
            ? _witnesses.Lines(start, _now, "y")
            : _witnesses.Lines(start, time, "z", "x");
        var expected = ToOpen(chain);
        if (expected != default || !_demandsWitnesses)
            return (lines, expected);
        return (lines, chain.Begun is not { } begun ? EnclaveRefusalReason.OpenNotBegun
            : kind == 0 ? EnclaveRefusalReason.WitnessQuorumMissing
            : time < begun + 3 || time > _now + 2 || time + 60 < _now
                ? EnclaveRefusalReason.WitnessCosignatureStale
            : default);
    }

    private void Append(int session, ModelChain chain, int first, int count)
    {
        if (first < 0)
            return;
        var leaves = Tree.Leaves(_nextLeaf, count);
        _nextLeaf += count;
        var expected = ToUse(chain);
        if (expected == default && chain.Unsealed is not null)
            expected = EnclaveRefusalReason.ProposalUnsealed;
        if (expected == default && first != chain.Leaves.Count)
            expected = EnclaveRefusalReason.SizeMismatch;
        var reply = Ask(session, Epoch.Appending(chain.Origin, (ulong)first, leaves), default);
        if (reply is not AppendReply { Results: [var result] })
            return;
        (result.Refusal?.Reason ?? default).Should().Be(expected);
        if (expected == default)
            chain.Append(first, leaves, result, _epoch, _now);
    }

    private void Repeat(int session, ModelChain chain)
    {
        if (chain.Last is not var (first, leaves, answer))
            return;
        var reply = Ask(session, Epoch.Appending(chain.Origin, (ulong)first, leaves), default);
        if (reply is not AppendReply { Results: [var result] })
            return;
        if (chain.IsRetired)
            result.Refusal!.Reason.Should().Be(EnclaveRefusalReason.Retired);
        else
            Epoch.Encoded(result).Should().Equal(Epoch.Encoded(answer));
    }

    private void Seal(int session, ModelChain chain, int kind)
    {
        var size = kind == 0 ? chain.Tip.Size + 1 : kind == 1 ? chain.Sealed : chain.Tip.Size;
        var lines = kind == 2
            ? _witnesses.Lines(chain.Tip, _now, "x")
            : _witnesses.Lines(chain.Tip, (ulong)kind, "x", "y");
        var expected = ToUse(chain);
        if (expected == default && size != chain.Sealed)
        {
            expected = size != chain.Unsealed?.NewSize ? EnclaveRefusalReason.ProposalUnknown
                : kind == 2 ? EnclaveRefusalReason.WitnessQuorumMissing
                : default;
        }

        if (Ask(session, new SealRequest(chain.Origin, size, lines), expected) is SealReply done)
            chain.Seal(done.Head, _epoch, _now);
    }

    private EnclaveRefusalReason ToOpen(ModelChain chain) =>
        chain.IsHeld ? EnclaveRefusalReason.AlreadyHeld
        : _chains.Count(other => other.IsHeld) == ChainsMax ? EnclaveRefusalReason.ChainsFull
        : default;

    private static EnclaveRefusalReason ToUse(ModelChain chain) =>
        !chain.IsHeld ? EnclaveRefusalReason.UnknownOrigin
        : chain.IsRetired ? EnclaveRefusalReason.Retired
        : default;

    /// <summary>Asks in a session, whose role decides before anything else does.</summary>
    private EnclaveReply Ask(int session, EnclaveRequest request, EnclaveRefusalReason expected)
    {
        var (role, generation) = _sessions[session];
        var reply = _epoch.Machine.Execute(role ?? EnclaveMachine.OpenSession(), request);
        Check(reply, role is null ? EnclaveRefusalReason.HelloExpected
            : generation is null ? EnclaveRefusalReason.ReadOnlySession
            : generation != _generation ? EnclaveRefusalReason.Fenced
            : expected);
        return reply;
    }

    private static void Check(EnclaveReply reply, EnclaveRefusalReason expected) =>
        ((reply as RefusedReply)?.Refusal.Reason ?? default).Should().Be(expected);
}
