using System.Text;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>Sealed chains that a new epoch takes up under a running gateway.</summary>
public sealed class AdoptionTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>
    /// What the enclave opened unseen is shown to witnesses under a key that they know: its new one they
    /// cannot learn before the ledger has recorded the epoch, and it is recorded only with their quorum.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenedUnseen_IsShownWithAKeyThatWitnessesKnow(bool isProposed)
    {
        await using var world = new WitnessFixture(["*"]);
        world.Witnesses.ToList().ForEach(model => world.Replace(new EnclaveDemandingWitness(model, world.Ledger)));
        var way = new LossyWay(world.Enclave);
        var signer = new FailingSigner();
        var options = CoreFixture.Options();
        (options.OutcomeTimeoutSeconds, options.WitnessPatienceSeconds) = (60, 10);
        await using var core = await SequencerCore.StartAsync(
            options,
            CoreFixture.Dependencies(new MemoryLedgerSource(world.Ledger), way) with
            {
                LogKey = signer,
                Witnesses = world.Network(),
            },
            None);
        await core.WhenReadyAsync(None);
        (await SubmitAsync(core, "before")).Should().BeOfType<SubmitOutcome.Sequenced>();
        var outcome = Task.FromResult<SubmitOutcome?>(null);
        if (isProposed)
        {
            var kept = way.KeepSeal(CoreFixture.Chain());
            outcome = SubmitAsync(core, "during");
            await kept;
        }

        var epoch = core.Status.CosignerKey;
        // The first signature of the proposal is for the opening, the next for what came of it.
        signer.FailAt(isProposed ? 2 : 1);
        await world.Enclave.RebootAsync();
        await Until.TrueAsync(
            () => core.Status is { State: SequencerState.Ready } status && status.CosignerKey != epoch);
        if (!isProposed)
            outcome = SubmitAsync(core, "during");

        (await outcome).Should().BeOfType<SubmitOutcome.Sequenced>().Which.Range.FirstIndex.Should().Be(1);
        signer.HasFailed.Should().BeTrue();
    }

    /// <summary>
    /// The checkpoint that a new epoch makes of a proposal has its round begun at once: its callers do not
    /// wait for the next entry.
    /// </summary>
    [Fact]
    public async Task AdoptedProposal_GetsTheQuorumOfTheGatewayToo()
    {
        await using var world = new WitnessFixture(["*"], 3, 2);
        var way = new LossyWay(world.Enclave);
        await using var fixture = await CoreFixture.StartAsync(
            new MemoryLedgerSource(world.Ledger), way,
            options => (options.OutcomeTimeoutSeconds, options.WitnessPatienceSeconds) = (60, 50),
            new WitnessNetwork
            {
                Policy = TlogPolicy.Parse(ModelWitness.PolicyTextOf(3, world.Witnesses)),
                Clients = [.. world.Witnesses],
                Interval = TimeSpan.Zero,
            });
        (await SubmitAsync(fixture.Core, "before")).Should().BeOfType<SubmitOutcome.Sequenced>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Witnesses[2].Before = _ => gate.Task;
        var kept = way.KeepSeal(CoreFixture.Chain());
        var waiting = SubmitAsync(fixture.Core, "during");
        await kept;
        await world.Enclave.RebootAsync();
        var number = world.Ledger.FindChain(CoreFixture.Chain())!.Number;
        await Until.TrueAsync(() => world.Ledger.LatestCheckpoint(number)!.Size == 2);

        gate.SetResult();

        (await waiting).Should().BeOfType<SubmitOutcome.Sequenced>().Which.Range.IsWitnessed.Should().BeTrue();
    }

    private static async Task<SubmitOutcome?> SubmitAsync(SequencerCore core, string text) => await core.SubmitAsync(
        new Submission
        {
            Chain = CoreFixture.Chain(),
            Entries = [Encoding.UTF8.GetBytes(text)],
            Finality = Finality.Witnessed,
        },
        None);

    /// <summary>The log's key, of a service that fails to answer once.</summary>
    private sealed class FailingSigner : ICheckpointSigner
    {
        private readonly KeyFileSigner _key = new(NoteSigner.FromSeed(new byte[NoteSigner.SeedSizeBytes]));
        private int _left;

        public bool HasFailed { get; private set; }

        public ReadOnlyMemory<byte> PublicKey => _key.PublicKey;

        /// <summary>Has the signature fail that is asked for as the given one from now, from 1.</summary>
        public void FailAt(int place) => Volatile.Write(ref _left, place);

        public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> noteText, CancellationToken cancellation)
        {
            if (Interlocked.Decrement(ref _left) != 0)
                return await _key.SignAsync(noteText, cancellation);
            HasFailed = true;
            throw new IOException("The key's service does not answer.");
        }

        public void Dispose() => _key.Dispose();
    }

    /// <summary>A witness that wants the word of an enclave that the log's epochs show, except for an empty log.
    /// </summary>
    private sealed class EnclaveDemandingWitness(ModelWitness model, ILedger ledger) : IWitness
    {
        public string Name => model.Name;

        public Task<WitnessAnswer> AddCheckpointAsync(
            ulong oldSize, IReadOnlyList<Hash> proof, ReadOnlyMemory<byte> checkpoint, CancellationToken ct)
        {
            var note = SignedNote.Parse(checkpoint.Span);
            var number = ledger.FindChain(CoreFixture.Chain())!.Number;
            var keys = ledger.ChainEpochs(number)
                .Select(part => VerifierKey.Parse(ledger.FindEpoch(part.Epoch)!.CosignerKey));
            return Checkpoint.Parse(note.Text).Size == 0 || keys.Any(key => ModelWitness.IsBy(key, note))
                ? model.AddCheckpointAsync(oldSize, proof, checkpoint, ct)
                : Task.FromResult<WitnessAnswer>(new WitnessAnswer.Refused(403, "No accepted enclave signed it."));
        }
    }
}
