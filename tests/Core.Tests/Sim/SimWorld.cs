using System.Text;
using Sequencer.Core.Tests.Witnesses;
using Sequencer.Enclave;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Sim;

/// <summary>
/// A whole sequencer under one seed: clients, gateway, enclave, disk and clock; what happens to them; and
/// what everybody was told.
/// </summary>
internal sealed class SimWorld
{
    private const int StepsMax = 400_000;

    private readonly Dictionary<string, Checkpoint> _verified = [];
    private readonly HashSet<(ChainId Chain, string Key)> _cosigners = [];
    private readonly SimDisk _disk;
    private readonly TlogPolicy _measured;
    private bool _isHealed;

    public SimWorld(ulong seed, PlantedBug bug = PlantedBug.None)
    {
        Scheduler = new SimScheduler(seed);
        var wantsEnclave = seed % 16 == 8;
        Pace = wantsEnclave ? 100 : 1;
        _disk = new SimDisk(Scheduler, bug);
        var witnesses = Enumerable.Range(1, 3).Select(i => new SimWitness(Scheduler, _disk, $"w{i}")
        {
            WantsEnclave = wantsEnclave,
        }).ToList();
        var (isWitnessed, isDemanded, isSealed) = (seed % 2 == 0, seed % 4 == 0, seed % 8 == 0);
        var policy = ModelWitness.PolicyTextOf(2, witnesses.Select(witness => witness.Model));
        _measured = TlogPolicy.Parse(policy);
        Policy = seed % 16 != 0
            ? _measured
            : TlogPolicy.Parse(ModelWitness.PolicyTextOf(3, witnesses.Select(witness => witness.Model)));
        Enclave = new SimEnclave(Scheduler, bug)
        {
            OpeningCuts = wantsEnclave ? 0.5 : 0,
            Demand = isDemanded ? WitnessDemand.Parse(policy, isSealed ? ["demo"] : []) : null,
        };
        Gateway = new SimGateway(Scheduler, _disk, Enclave)
        {
            Witnesses = isWitnessed ? new WitnessNetwork { Policy = Policy, Clients = witnesses } : null,
        };
        var ids = new[] { "demo", "unique", "third" };
        Chains = [.. ids[..(wantsEnclave ? 1 : 1 + Scheduler.Next(3))].Select(CoreFixture.Chain)];
    }

    /// <summary>A single failing write instead of everything else that goes wrong; the enclave reboots once.</summary>
    public SimFault? Fault { get; init; }

    public SimScheduler Scheduler { get; }

    /// <summary>
    /// The witnesses of every second world, two of three. In every fourth the enclave demands them, in every eighth it
    /// seals the first chain; of these, the gateway wants all three in one half, and in the other the witnesses want an
    /// enclave that the log's epochs show.
    /// </summary>
    public TlogPolicy Policy { get; }

    /// <summary>How many times as long clients and disasters let pass: where an enclave that wants witnesses is to be
    /// met with entries, since it takes seconds to open a chain.</summary>
    public int Pace { get; }

    public SimGateway Gateway { get; }

    public SimEnclave Enclave { get; }

    public IReadOnlyList<ChainId> Chains { get; }

    public List<SimSubmission> Submissions { get; } = [];

    public List<SimReceipt> Receipts { get; } = [];

    public int Disasters { get; private set; }

    /// <summary>Runs it all; null when every rule held.</summary>
    public string? Run()
    {
        if (Fault is null)
        {
            _disk.WriteFailure = Scheduler.Chance(0.5) ? 0.03 : 0;
            _disk.OpenFailure = Scheduler.Chance(0.3) ? 0.3 : 0;
            Gateway.SignerFailure = Scheduler.Chance(0.3) ? 0.05 : 0;
        }

        _disk.Fault = Fault;
        Enclave.Boot();
        Gateway.Boot();
        List<SimClient> clients = [.. Enumerable.Range(0, 1 + Scheduler.Next(9)).Select(i => new SimClient(this, i))];
        var people = new SimProcess(Scheduler, "clients");
        clients.ForEach(client => people.Start(() => client.RunAsync((Pace == 1 ? 1 : 8) + Scheduler.Next(8))));
        var disasters = Fault is null ? Scheduler.Next(10) : 1;
        ScheduleDisaster(disasters);
        Scheduler.RunUntil(() => clients.TrueForAll(client => client.IsDone) && Disasters >= disasters, StepsMax);
        Heal();
        Audit(people);
        // The garbage collector must not wake anybody later.
        people.Kill();
        Gateway.Kill();
        Enclave.Kill();
        return Scheduler.Violation;
    }

    /// <summary>A client got receipts: they must hold now and for ever.</summary>
    public void Keep(SimSubmission submission, SequencedRange range, IReadOnlyList<string> receipts)
    {
        if (submission.FirstIndex is { } first && first != range.FirstIndex)
            Scheduler.Violate(
                $"The submission at {first} of '{submission.Chain}' was given {range.FirstIndex} as well.");
        submission.FirstIndex = range.FirstIndex;
        if (range.IsWitnessed)
            RequireQuorum(range.Checkpoint);
        else if (Enclave.Demand?.IsWitnessed(submission.Chain.Value) == true)
            RequireQuorum(range.Checkpoint, _measured);
        if (receipts.Count != submission.Texts.Count)
            Scheduler.Violate($"{submission.Texts.Count} entries got {receipts.Count} receipts.");
        for (var i = 0; i < receipts.Count; i++)
            Receipts.Add(Verify(submission.Chain, receipts[i], range.FirstIndex + (ulong)i, submission.Texts[i]));
    }

    /// <summary>Verifies a receipt as its holder would.</summary>
    public SimReceipt Verify(ChainId chain, string receipt, ulong index, string text)
    {
        var proof = TlogProof.Parse(receipt);
        var checkpoint = VerifyNote(chain, proof.Checkpoint);
        InclusionProof.Verify(
            index, checkpoint.Size, MerkleHash.Leaf(Encoding.UTF8.GetBytes(text)), proof.Hashes.ToArray(),
            checkpoint.Root);
        return new SimReceipt(chain, index, text, checkpoint.Size, checkpoint.Root);
    }

    /// <summary>A note that passes for witnessed has its quorum.</summary>
    public void RequireQuorum(ReadOnlyMemory<byte> note) => RequireQuorum(note, Policy);

    private void RequireQuorum(ReadOnlyMemory<byte> note, TlogPolicy policy)
    {
        var quorum = policy.Evaluate(SignedNote.Parse(note.Span).Verify(Policy.Keys).Keys);
        if (!quorum.IsSatisfied)
            Scheduler.Violate($"A checkpoint passes for witnessed: {quorum.Reason}");
    }

    public Checkpoint VerifyNote(ChainId chain, string note)
    {
        if (_verified.TryGetValue(note, out var known))
            return known;
        var signed = SignedNote.Parse(note);
        var log = VerifierKey.Create(
            Origin.For(SimEnclave.LogPrefix, chain), SignatureType.Ed25519, SimGateway.LogKey.PublicKey.Span);
        var verified = signed.Verify([log, .. Enclave.Keys]);
        if (verified.By(log) is null || verified.Signatures.Count != 2)
            Scheduler.Violate($"A checkpoint of '{chain}' lacks the log's signature or an enclave's.");
        _cosigners.Add((chain, verified.Keys.First(key => !key.Equals(log)).ToString()));
        return _verified[note] = Checkpoint.Parse(signed.Text);
    }

    /// <summary>Every epoch key that cosigned a checkpoint of the chain that anybody was given.</summary>
    public IEnumerable<string> CosignersOf(ChainId chain) =>
        _cosigners.Where(pair => pair.Chain == chain).Select(pair => pair.Key);

    private void ScheduleDisaster(int left)
    {
        if (left == 0)
            return;
        Scheduler.After(TimeSpan.FromTicks(Scheduler.Next(400_000 * Pace)), () =>
        {
            Disasters++;
            var kind = Fault is null ? Scheduler.Next(8) : 3;
            if (kind is 0 or 1 or 2)
                Gateway.Kill();
            if (kind is 2 or 3 or 4)
                Enclave.Kill();
            if (kind >= 5)
                Enclave.CutAll();
            Scheduler.After(TimeSpan.FromTicks(Scheduler.Next(2_000_000)), Raise);
            ScheduleDisaster(left - 1);
        });
    }

    private void Raise()
    {
        // What a disaster had planned must not start again what the audit stops.
        if (_isHealed)
            return;
        if (!Enclave.IsUp)
            Enclave.Boot();
        if (!Gateway.IsUp)
            Gateway.Boot();
    }

    private void Heal()
    {
        _disk.WriteFailure = _disk.OpenFailure = Gateway.SignerFailure = Enclave.OpeningCuts = 0;
        Raise();
        _isHealed = true;
    }

    /// <summary>Stops in good order, starts once more, and reads everything back.</summary>
    private void Audit(SimProcess people)
    {
        var stopped = false;
        people.Start(async () => stopped = await Gateway.WhenUpAsync() && await Gateway.StopAsync());
        Scheduler.RunUntil(() => stopped, StepsMax);
        Scheduler.RunUntil(() => !Gateway.IsUp, StepsMax);
        if (Scheduler.Violation is not null)
            return;
        Gateway.Boot();
        var audited = false;
        people.Start(async () =>
        {
            await Gateway.WhenUpAsync();
            foreach (var chain in Chains)
                await new SimAudit(this, chain).RunAsync();
            audited = true;
        });
        Scheduler.RunUntil(() => audited, StepsMax);
    }
}
