namespace Sequencer.Core.Tests.Pipeline;

/// <summary>A key that is used with an entry which a chain of unique entries has already.</summary>
public sealed class RepeatsTests
{
    private static readonly Action<SequencerOptions> Unique = options => options.ChainDefaults.Unique = true;

    /// <summary>
    /// A key that a repeat brought is as good as any: other bytes with it are refused, and not sequenced.
    /// </summary>
    [Fact]
    public async Task Submit_AKnownEntryWithAKey_RemembersTheKeyAcrossARestart()
    {
        await using var enclave = new EnclaveFixture();
        var source = new MemoryLedgerSource(new MemoryLedger());
        await using (var core = await CoreFixture.StartAsync(source, enclave, Unique))
        {
            await core.SequenceAsync("zero");
            await core.SequenceAsync("one");
            var range = await core.SequenceAsync("one", key: "k");
            range.FirstIndex.Should().Be(1);
            CoreFixture.VerifyReceipt(CoreFixture.Receipt(range), "one");
            await RequireRememberedAsync(core);
        }

        await using var again = await CoreFixture.StartAsync(source, enclave, Unique);
        await RequireRememberedAsync(again);
    }

    [Fact]
    public async Task Submit_AnEntryThatIsUnderWayWithAKey_RemembersTheKeyAtOnce()
    {
        await using var enclave = new EnclaveFixture();
        var ledger = new GatedLedger();
        await using var core = await CoreFixture.StartAsync(ledger, enclave, Unique);
        var zero = core.SubmitAsync("zero");
        var one = core.SubmitAsync("one");
        var withKey = core.SubmitAsync("one", key: "k");
        var otherBytes = core.SubmitAsync("two", key: "k");

        ledger.Open();

        (await otherBytes).Should().BeOfType<SubmitOutcome.Refused>()
            .Which.Refusal.Code.Should().Be(RefusalCode.IdempotencyMismatch);
        foreach (var outcome in await Task.WhenAll(one, withKey))
            outcome.Should().BeOfType<SubmitOutcome.Sequenced>().Which.Range.FirstIndex.Should().Be(1);
        (await zero).Should().BeOfType<SubmitOutcome.Sequenced>();
        await RequireRememberedAsync(core);
    }

    /// <summary>Whose entry has its place is not told that nothing was taken.</summary>
    [Fact]
    public async Task Submit_AKnownEntryWhoseKeyIsNotWritten_IsNotToldThatNothingWasTaken()
    {
        await using var enclave = new EnclaveFixture();
        var ledger = new GatedLedger();
        ledger.Open();
        await using var core = await CoreFixture.StartAsync(ledger, enclave, Unique);
        await core.SequenceAsync("one");
        ledger.Fails = batch => batch.Keys.Count > 0;

        var outcome = await core.SubmitAsync("one", key: "k");

        outcome.Should().BeOfType<SubmitOutcome.Refused>()
            .Which.Refusal.Code.Should().Be(RefusalCode.OutcomeUnknown);
    }

    private static async Task RequireRememberedAsync(CoreFixture core)
    {
        (await core.SubmitAsync("two", key: "k")).Should().BeOfType<SubmitOutcome.Refused>()
            .Which.Refusal.Code.Should().Be(RefusalCode.IdempotencyMismatch);
        (await core.SequenceAsync("one", key: "k")).FirstIndex.Should().Be(1);
    }
}
