namespace Sequencer.Core.Tests.Pipeline;

/// <summary>Limits in entries and in bytes hold exactly, and room comes back with the outcome.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_OverTheQueuesEntries_IsRefusedUntilOutcomesMakeRoom(bool ofTheChain)
    {
        await RequireExactAsync(
            options =>
            {
                options.QueueMaxEntries = ofTheChain ? 1_000 : 20;
                options.ChainDefaults.QueueMaxEntries = ofTheChain ? 20 : 1_000;
            },
            accepted: 20,
            ofTheChain ? RefusalCode.ChainQueueFull : RefusalCode.QueueFull);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_OverTheQueuesBytes_IsRefusedUntilOutcomesMakeRoom(bool ofTheChain)
    {
        // Each entry of the test has ten bytes.
        await RequireExactAsync(
            options =>
            {
                options.QueueMaxBytes = ofTheChain ? 100_000 : 150;
                options.ChainDefaults.QueueMaxBytes = ofTheChain ? 150 : 100_000;
            },
            accepted: 15,
            ofTheChain ? RefusalCode.ChainQueueFull : RefusalCode.QueueFull);
    }

    [Fact]
    public async Task Submit_ToAFullChain_LeavesRoomForOthers()
    {
        await using var enclave = new EnclaveFixture();
        var ledger = new GatedLedger();
        await using var core = await CoreFixture.StartAsync(
            ledger, enclave, options => options.ChainDefaults.QueueMaxEntries = 5);
        var noisy = Enumerable.Range(0, 5).Select(i => core.SubmitAsync(Text(i))).ToArray();
        (await Code(core.SubmitAsync(Text(5)))).Should().Be(RefusalCode.ChainQueueFull);

        var quiet = core.SubmitAsync(Text(6), chain: "quiet");
        ledger.Open();

        (await Task.WhenAll([.. noisy, quiet])).Should().AllBeOfType<SubmitOutcome.Sequenced>();
    }

    [Fact]
    public async Task Submit_OverItsQuota_TakesNoRoom()
    {
        await using var enclave = new EnclaveFixture();
        await using var core = await CoreFixture.StartAsync(
            new MemoryLedgerSource(new MemoryLedger()), enclave,
            options => options.ChainDefaults.TransactionsPerSecond = 1);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => core.SubmitAsync(Text(i))));
        outcomes.OfType<SubmitOutcome.Refused>().Should().NotBeEmpty()
            .And.OnlyContain(refused => refused.Refusal.Code == RefusalCode.ChainQuota);
        core.Core.Status.QueueEntries.Should().Be(0);
        core.Core.Status.QueueBytes.Should().Be(0);
    }

    [Fact]
    public async Task Submit_ABatch_IsAdmittedWholeOrNotAtAll()
    {
        await using var enclave = new EnclaveFixture();
        var ledger = new GatedLedger();
        await using var core = await CoreFixture.StartAsync(
            ledger, enclave, options => options.QueueMaxEntries = 10);
        var first = core.Core.SubmitAsync(Batch(8), CancellationToken.None).AsTask();
        (await Code(core.Core.SubmitAsync(Batch(3), CancellationToken.None).AsTask()))
            .Should().Be(RefusalCode.QueueFull);
        core.Core.Status.QueueEntries.Should().Be(8);
        var rest = core.Core.SubmitAsync(Batch(2), CancellationToken.None).AsTask();
        ledger.Open();
        (await first).Should().BeOfType<SubmitOutcome.Sequenced>().Which.Range.Count.Should().Be(8);
        (await rest).Should().BeOfType<SubmitOutcome.Sequenced>().Which.Range.FirstIndex.Should().Be(8);
    }

    private static async Task RequireExactAsync(
        Action<SequencerOptions> configure, int accepted, RefusalCode code)
    {
        await using var enclave = new EnclaveFixture();
        var ledger = new GatedLedger();
        await using var core = await CoreFixture.StartAsync(ledger, enclave, configure);
        for (var round = 0; round < 3; round++)
        {
            ledger.Close();
            var waiting = Enumerable.Range(0, accepted).Select(i => core.SubmitAsync(Text(i))).ToArray();
            core.Core.Status.QueueEntries.Should().Be(accepted);
            core.Core.Status.QueueBytes.Should().Be(10 * accepted);
            (await Code(core.SubmitAsync(Text(accepted)))).Should().Be(code);
            waiting.Should().OnlyContain(submission => !submission.IsCompleted);

            ledger.Open();

            (await Task.WhenAll(waiting)).Should().AllBeOfType<SubmitOutcome.Sequenced>();
            core.Core.Status.QueueEntries.Should().Be(0);
            core.Core.Status.QueueBytes.Should().Be(0);
        }
    }

    private static string Text(int i) => $"entry {i:0000}";

    private static Submission Batch(int entries) => new()
    {
        Chain = CoreFixture.Chain(),
        Entries = [.. Enumerable.Repeat(new ReadOnlyMemory<byte>(new byte[10]), entries)],
    };

    private static async Task<RefusalCode?> Code(Task<SubmitOutcome> outcome) =>
        (await outcome as SubmitOutcome.Refused)?.Refusal.Code;
}
