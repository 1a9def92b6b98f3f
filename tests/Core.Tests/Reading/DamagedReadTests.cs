using System.Buffers;
using Microsoft.Extensions.Logging;
using Sequencer.Core.Tests.Pipeline;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Reading;

/// <summary>Damage that nobody but a reader meets.</summary>
public sealed class DamagedReadTests
{
    // A full tile, which is read from the ledger, and two entries more: with them it is written.
    private const ulong Last = Tile.Width + 1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_OfWhatIsDamaged_StopsThatChainAlone_AndTheRestIsStillServed(bool onlyTheReceipt)
    {
        await using var enclave = new EnclaveFixture();
        var ledger = new GatedLedger();
        ledger.Open();
        var log = new LogLines();
        await using var core = await CoreFixture.StartAsync(ledger, enclave, logger: log);
        for (ulong i = 0; i <= Last; i++)
            await core.SequenceAsync($"entry {i}");
        await core.SequenceAsync("one", "other");
        var before = await ReadAsync(core, 0);
        ledger.HasLostTiles = true;

        var read = async () => WriteReceipt(onlyTheReceipt ? before : await ReadAsync(core, 0));
        for (var i = 0; i < 2; i++)
            (await read.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.Corrupt);

        core.Core.Status.StoppedChains.Keys.Should().Equal("demo");
        log.Of(LogLevel.Error).Should().ContainSingle().Which.Should().Contain("missing from the ledger");
        (await core.SubmitAsync("more")).Should().BeOfType<SubmitOutcome.Refused>()
            .Which.Refusal.Code.Should().Be(RefusalCode.ChainStopped);
        (await core.SequenceAsync("two", "other")).FirstIndex.Should().Be(1);
        WriteReceipt(await ReadAsync(core, Last));
        (await core.Core.ReadCheckpointAsync(CoreFixture.Chain(), CancellationToken.None)).Should().NotBeNull();
    }

    private static async Task<EntryReading> ReadAsync(CoreFixture core, ulong index) =>
        (await core.Core.ReadEntryAsync(CoreFixture.Chain(), index, CancellationToken.None))!;

    private static void WriteReceipt(EntryReading reading) =>
        reading.WriteReceipt(new ArrayBufferWriter<byte>(), bundle: false);
}
