using System.Text;
using Sequencer.Testing;

namespace Sequencer.Core.Tests;

public class SequencerCoreTests
{
    [Fact]
    public async Task Submit_OneTransaction_GetsIndexZeroAndAReceiptThatVerifies()
    {
        await using var enclave = new EnclaveFixture();
        await using var fixture = await CoreFixture.StartAsync(new MemoryLedgerSource(new MemoryLedger()), enclave);

        var range = await fixture.SequenceAsync("hello");

        range.FirstIndex.Should().Be(0);
        CoreFixture.VerifyReceipt(CoreFixture.Receipt(range), "hello").Size.Should().Be(1);
    }

    [Fact]
    public async Task Submit_ManyAtOnce_IndicesHaveNoGapAndNoRepeatAndEveryReceiptVerifies()
    {
        await using var enclave = new EnclaveFixture();
        await using var fixture = await CoreFixture.StartAsync(new MemoryLedgerSource(new MemoryLedger()), enclave);

        var texts = Enumerable.Range(0, 2_000).Select(i => $"entry {i}").ToArray();
        var ranges = await Task.WhenAll(texts.Select(text => fixture.SequenceAsync(text)));

        ranges.Select(range => range.FirstIndex).Order()
            .Should().Equal(Enumerable.Range(0, 2_000).Select(i => (ulong)i));
        for (var i = 0; i < texts.Length; i++)
            CoreFixture.VerifyReceipt(CoreFixture.Receipt(ranges[i]), texts[i]);
    }

    [Fact]
    public async Task Restart_OfGatewayAndEnclave_GoesOnWhereItWasAndOldReceiptsHold()
    {
        using var folder = new TempFolder();
        await using var enclave = new EnclaveFixture();
        string receipt;
        await using (var first = await CoreFixture.StartAsync(
            new RocksLedgerSource(folder.Path, "id", initialise: true), enclave))
        {
            for (var i = 0; i < 300; i++)
                await first.SequenceAsync($"entry {i}");
            receipt = CoreFixture.Receipt(await first.SequenceAsync("entry 300"));
        }

        await enclave.RebootAsync();
        await using (var second = await CoreFixture.StartAsync(
            new RocksLedgerSource(folder.Path, "id", initialise: false), enclave))
        {
            var range = await second.SequenceAsync("entry 301");
            range.FirstIndex.Should().Be(301);
            CoreFixture.VerifyReceipt(CoreFixture.Receipt(range), "entry 301");
            var old = (await second.Core.ReadEntryAsync(CoreFixture.Chain(), 17, CancellationToken.None))!;
            Encoding.UTF8.GetString(old.Data.Span).Should().Be("entry 17");
            (await second.Core.ReadEpochsAsync(CoreFixture.Chain(), CancellationToken.None))!
                .Epochs.Should().HaveCount(2);
        }

        CoreFixture.VerifyReceipt(receipt, "entry 300").Size.Should().Be(301);
    }

    [Fact]
    public async Task EnclaveReboot_InTheMiddleOfLoad_LosesNothing()
    {
        await using var enclave = new EnclaveFixture();
        await using var fixture = await CoreFixture.StartAsync(new MemoryLedgerSource(new MemoryLedger()), enclave);
        for (var i = 0; i < 10; i++)
            await fixture.SequenceAsync($"before {i}");

        var during = Enumerable.Range(0, 200).Select(i => fixture.SubmitAsync($"during {i}")).ToArray();
        await enclave.RebootAsync();
        var outcomes = await Task.WhenAll(during);

        outcomes.OfType<SubmitOutcome.Sequenced>().Select(outcome => outcome.Range.FirstIndex).Order()
            .Should().OnlyHaveUniqueItems();
        SubmitOutcome after;
        do
        {
            after = await fixture.SubmitAsync("after");
        }
        while (after is SubmitOutcome.Refused { Refusal.Code: RefusalCode.EnclaveUnavailable });
        after.Should().BeOfType<SubmitOutcome.Sequenced>();
        fixture.Core.Status.StoppedChains.Should().BeEmpty();
    }

    [Fact]
    public async Task Submit_SameKeyAndBytes_GetsTheSameIndex()
    {
        await using var enclave = new EnclaveFixture();
        await using var fixture = await CoreFixture.StartAsync(new MemoryLedgerSource(new MemoryLedger()), enclave);

        var first = await fixture.SequenceAsync("pay 5", key: "k1");
        await fixture.SequenceAsync("other");
        var again = await fixture.SequenceAsync("pay 5", key: "k1");
        var mismatch = await fixture.SubmitAsync("pay 6", key: "k1");

        again.FirstIndex.Should().Be(first.FirstIndex);
        CoreFixture.VerifyReceipt(CoreFixture.Receipt(again), "pay 5");
        mismatch.Should().BeOfType<SubmitOutcome.Refused>()
            .Which.Refusal.Code.Should().Be(RefusalCode.IdempotencyMismatch);
    }
}
