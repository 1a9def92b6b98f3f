using Sequencer.Enclave;
using Sequencer.Protocol;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>A core with witnesses, over an enclave and a ledger in memory that outlive it.</summary>
internal sealed class WitnessFixture : IAsyncDisposable
{
    private readonly Dictionary<string, IWitness> _inPlaceOf = [];

    /// <param name="sealedChains">Null for an enclave that demands no witnesses; else the chains that it cosigns
    /// only with their quorum.</param>
    /// <param name="witnesses">How many there are.</param>
    /// <param name="quorum">How many are needed.</param>
    public WitnessFixture(string[]? sealedChains = null, int witnesses = 3, int quorum = 2)
    {
        Witnesses = [.. Enumerable.Range(1, witnesses).Select(i => new ModelWitness(
            $"w{i}", LogKeyOf, TimeProvider.System))];
        var text = ModelWitness.PolicyTextOf(quorum, Witnesses);
        Policy = TlogPolicy.Parse(text);
        Enclave = new EnclaveFixture(
            // The enclave's clock is behind by what its module took to answer, so that at the end of a second the
            // same clock seems ahead of it.
            sealedChains is null ? null : WitnessDemand.Parse(text, sealedChains, clockAheadSeconds: 1));
    }

    public EnclaveFixture Enclave { get; }

    public MemoryLedger Ledger { get; } = new();

    public IReadOnlyList<ModelWitness> Witnesses { get; }

    public TlogPolicy Policy { get; }

    /// <summary>Puts a scripted witness in the place of an honest one, whose name it has.</summary>
    public void Replace(IWitness witness) => _inPlaceOf[witness.Name] = witness;

    /// <param name="configure">Changes the options.</param>
    /// <param name="interval">Least time between two rounds of a chain; none if null.</param>
    /// <param name="way">The way to the enclave; the plain one if null.</param>
    public Task<CoreFixture> StartAsync(
        Action<SequencerOptions>? configure = null, TimeSpan? interval = null, IEnclaveTransport? way = null) =>
        CoreFixture.StartAsync(new MemoryLedgerSource(Ledger), way ?? Enclave, options =>
        {
            // A machine that is busy with other tests must not decide an outcome.
            (options.OutcomeTimeoutSeconds, options.WitnessPatienceSeconds) = (120, 50);
            configure?.Invoke(options);
        }, Network(interval));

    public WitnessNetwork Network(TimeSpan? interval = null) => new()
    {
        Policy = Policy,
        Clients = [.. Witnesses.Select(witness => _inPlaceOf.GetValueOrDefault(witness.Name, witness))],
        Interval = interval ?? TimeSpan.Zero,
    };

    /// <summary>Checks that a note has the log's signature and the policy's quorum; gives its witnesses.</summary>
    public IReadOnlyList<string> VerifyQuorum(string note, string chain = "demo")
    {
        var verified = SignedNote.Parse(note).Verify(
            [CoreFixture.LogVerifier(CoreFixture.Chain(chain)), .. Policy.Keys]);
        var quorum = Policy.Evaluate(verified.Keys);
        quorum.IsSatisfied.Should().BeTrue(quorum.Reason);
        return [.. quorum.Cosigned.Select(witness => witness.Name)];
    }

    /// <summary>Submits until it is taken: while the enclave is not reached it is refused.</summary>
    public static async Task<SequencedRange> SequenceInTimeAsync(
        CoreFixture fixture, string text, string chain = "demo")
    {
        SequencedRange? taken = null;
        await Until.TrueAsync(async () =>
        {
            var outcome = await fixture.SubmitAsync(text, chain, key: text);
            if (outcome is SubmitOutcome.Refused(var refusal))
            {
                refusal.Code.Should().BeOneOf(
                    RefusalCode.EnclaveUnavailable, RefusalCode.WitnessesUnavailable, RefusalCode.OutcomeUnknown);
            }

            taken = (outcome as SubmitOutcome.Sequenced)?.Range;
            return taken is not null;
        });
        return taken!;
    }

    public async ValueTask DisposeAsync() => await Enclave.DisposeAsync();

    private static VerifierKey LogKeyOf(string origin) => CoreFixture.LogVerifier(CoreFixture.Chain(
        origin[(EnclaveFixture.LogPrefix.Length + 1)..]));
}
