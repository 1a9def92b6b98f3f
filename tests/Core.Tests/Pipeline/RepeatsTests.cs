using Microsoft.Extensions.Logging;
using Sequencer.Testing;

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

    /// <summary>Whether a chain's entries are unique is fixed when it is created; whoever configures another thing
    /// later is told.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Restart_WithTheOtherRuleForUnique_KeepsTheChainsOwnAndSaysSo(bool isUnique, int indexOfRepeat)
    {
        await using var enclave = new EnclaveFixture();
        var source = new MemoryLedgerSource(new MemoryLedger());
        await using (var core = await StartAsync(isUnique))
            await core.SequenceAsync("one");
        var log = new LogLines();

        await using var again = await StartAsync(!isUnique, log);

        (await again.SequenceAsync("one")).FirstIndex.Should().Be((ulong)indexOfRepeat);
        log.Of(LogLevel.Warning).Should().ContainSingle().Which.Should()
            .Contain($"'demo' is configured with unique = {!isUnique}, but was created with {isUnique}");

        Task<CoreFixture> StartAsync(bool unique, LogLines? log = null) => CoreFixture.StartAsync(
            source, enclave, options => options.ChainDefaults.Unique = unique, logger: log);
    }

    [Fact]
    public async Task Submit_WithAKey_IsRememberedForTheConfiguredHoursAndNoLonger()
    {
        await using var enclave = new EnclaveFixture();
        var clock = new ManualClock();
        await using var core = await CoreFixture.StartAsync(
            new MemoryLedgerSource(new MemoryLedger()), enclave, options => options.IdempotencyRetentionHours = 2,
            time: clock);
        await core.SequenceAsync("zero");
        await core.SequenceAsync("one", key: "k");

        clock.Advance(new TimeSpan(hours: 1, minutes: 59, seconds: 0));
        await RequireRememberedAsync(core);
        clock.Advance(TimeSpan.FromMinutes(2));

        (await core.SequenceAsync("one", key: "k")).FirstIndex.Should().Be(2);
    }

    private static async Task RequireRememberedAsync(CoreFixture core)
    {
        (await core.SubmitAsync("two", key: "k")).Should().BeOfType<SubmitOutcome.Refused>()
            .Which.Refusal.Code.Should().Be(RefusalCode.IdempotencyMismatch);
        (await core.SequenceAsync("one", key: "k")).FirstIndex.Should().Be(1);
    }
}
