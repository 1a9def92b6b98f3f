using Sequencer.Testing;

namespace Sequencer.Core.Tests.Faults;

/// <summary>Backup and restore: what a copy of a ledger can do, and what an older one cannot.</summary>
public sealed class OlderLedgerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Restored_ACopyOfTheStoppedLedger_GoesOnAndEveryReceiptHolds()
    {
        await using var enclave = new EnclaveFixture();
        var receipt = await WriteAsync(enclave, "live", from: 0, count: 300, initialise: true);
        TempFolder.Copy(_folder.Under("live"), _folder.Under("backup"));

        await using var restored = await StartAsync(enclave, "backup");

        (await restored.SequenceAsync("entry 300")).FirstIndex.Should().Be(300);
        CoreFixture.VerifyReceipt(receipt, "entry 299");
    }

    [Fact]
    public async Task Restored_AnOlderCopyUnderTheLivingEnclave_IsRefusedTheRoleAndTakingOverStopsTheChain()
    {
        await using var enclave = new EnclaveFixture();
        await WriteAsync(enclave, "live", from: 0, count: 10, initialise: true);
        TempFolder.Copy(_folder.Under("live"), _folder.Under("backup"));
        await WriteAsync(enclave, "live", from: 10, count: 5);

        // The copy offers a generation that the enclave has seen.
        var dependencies = CoreFixture.Dependencies(Source("backup"), enclave);
        var start = async () => await (await SequencerCore.StartAsync(
            CoreFixture.Options(), dependencies, CancellationToken.None)).Completion;
        await start.Should().ThrowAsync<EnclaveFencedException>();

        await using var restored = await StartAsync(enclave, "backup", takeOver: true);
        var refused = await restored.SubmitAsync("entry 10 of another history");
        refused.Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal.Code.Should().Be(RefusalCode.ChainStopped);
        // At once this time: it is known to be stopped, and waiting does not help.
        var again = await restored.SubmitAsync("entry 10 of another history");
        again.Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal.RetryAfter.Should().BeNull();
        restored.Core.Status.StoppedChains["demo"].Should().Contain("15 entries").And.Contain("only 10");
        // What it has is still served.
        (await restored.Core.ReadEntryAsync(CoreFixture.Chain(), 9, CancellationToken.None)).Should().NotBeNull();
    }

    /// <summary>
    /// Nobody is left who knows better: the new epoch begins another history, and the receipts of what was
    /// lost contradict it. This is what witnesses are for, and what the runbook warns of.
    /// </summary>
    [Fact]
    public async Task Restored_AnOlderCopyUnderANewEnclave_BeginsAnotherHistoryThatTheLostReceiptsProve()
    {
        await using var enclave = new EnclaveFixture();
        await WriteAsync(enclave, "live", from: 0, count: 10, initialise: true);
        TempFolder.Copy(_folder.Under("live"), _folder.Under("backup"));
        var lost = await WriteAsync(enclave, "live", from: 10, count: 5);
        await enclave.RebootAsync();

        await using var restored = await StartAsync(enclave, "backup");
        for (var i = 10; i < 15; i++)
            await restored.SequenceAsync($"another entry {i}");

        var old = CoreFixture.VerifyReceipt(lost, "entry 14");
        var now = CoreFixture.VerifyReceipt(
            CoreFixture.Receipt(await restored.SequenceAsync("another entry 15")), "another entry 15");
        old.Size.Should().Be(15);
        now.Size.Should().Be(16);
        var entry = await restored.Core.ReadEntryAsync(CoreFixture.Chain(), 14, CancellationToken.None);
        entry!.Data.ToArray().Should().Equal("another entry 14"u8.ToArray());
    }

    private RocksLedgerSource Source(string name, bool initialise = false) =>
        new(_folder.Under(name), "ledger-1", initialise);

    private Task<CoreFixture> StartAsync(EnclaveFixture enclave, string name, bool takeOver = false) =>
        CoreFixture.StartAsync(Source(name), enclave, options => options.TakeOver = takeOver);

    /// <summary>Runs a gateway over a ledger for some entries; the last one's receipt.</summary>
    private async Task<string> WriteAsync(
        EnclaveFixture enclave, string name, int from, int count, bool initialise = false)
    {
        await using var gateway = await CoreFixture.StartAsync(Source(name, initialise), enclave);
        var receipt = "";
        for (var i = from; i < from + count; i++)
            receipt = CoreFixture.Receipt(await gateway.SequenceAsync($"entry {i}"));
        return receipt;
    }
}
