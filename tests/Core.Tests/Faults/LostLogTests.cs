using Sequencer.Core.Tests.Ledger;
using Sequencer.Testing;

namespace Sequencer.Core.Tests.Faults;

/// <summary>
/// The write-ahead log has the newest records, and RocksDB alone would open a ledger without it as an older
/// one.
/// </summary>
public sealed class LostLogTests : IDisposable
{
    private const ulong Entries = 20;
    private static readonly ChainNumber One = new(1);

    // As RocksDB wrote it: no log, the next file is number 2.
    private static readonly byte[] FirstManifest =
    [
        0xc4, 0x87, 0x67, 0x63, 0x2d, 0x00, 0x01, 0x81, 0x40, 0x24, .. "549c3b0a-e520-46ea-837b-6a812b854503"u8,
        0x02, 0x00, 0x03, 0x02, 0x04, 0x00,
    ];

    private readonly TempFolder _folder = new();

    private string Image => _folder.Under("image");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Open_WithoutItsLog_IsCorruptAndNeverMadeAnew(bool stoppedFirst, bool initialise)
    {
        await MakeImageAsync(stoppedFirst);
        RemoveLogs();

        var error = await RefusalAsync(initialise);

        error.Reason.Should().Be(LedgerError.Corrupt);
        error.Message.Should().Contain("write-ahead log").And.Contain(Image);
        Directory.GetFiles(Image, "*.log").Should().BeEmpty();
    }

    [Fact]
    public async Task Open_AgainAndAgainWithAndWithoutWrites_IsNeverRefused()
    {
        await MakeImageAsync(stopped: true, entries: 0);
        for (ulong i = 0; i < 6; i++)
        {
            await using (await OpenAsync())
            {
            }

            await using var ledger = await OpenAsync();
            await AppendAsync(ledger, i);
        }

        await using var last = await OpenAsync();
        last.EntryCount(One).Should().Be(6);
    }

    /// <summary>The one state without a log that is no loss: RocksDB had not come to make its first one.</summary>
    [Fact]
    public async Task Open_AfterItsMakingWasCutShortBeforeTheFirstLog_IsEmptyAndCanBeInitialised()
    {
        Directory.CreateDirectory(Image);
        await File.WriteAllBytesAsync(Path.Combine(Image, "MANIFEST-000001"), FirstManifest);
        await File.WriteAllTextAsync(Path.Combine(Image, "CURRENT"), "MANIFEST-000001\n");

        (await RefusalAsync(initialise: false)).Reason.Should().Be(LedgerError.Empty);
        await using var made = await OpenAsync(initialise: true);
        made.Generation.Should().Be(0);
    }

    /// <summary>What docs/reliability.md says of a log that no copy has.</summary>
    [Fact]
    public async Task Open_WithAnEmptyLogInThePlaceOfTheLostOne_IsTheLedgerAsItWasAtItsLastOpening()
    {
        await MakeImageAsync(stopped: true);
        await using (var before = await OpenAsync())
            await AppendAsync(before, Entries);
        RemoveLogs();
        await File.WriteAllBytesAsync(Path.Combine(Image, "000001.log"), []);

        await using var older = await OpenAsync();

        older.EntryCount(One).Should().Be(Entries);
    }

    private static async Task AppendAsync(ILedger ledger, ulong index)
    {
        var batch = new LedgerBatch();
        batch.AddEntries(One, index, [new[] { (byte)index }]);
        await ledger.WriteAsync(batch, sync: true);
    }

    /// <summary>Copies a ledger with entries: as a crash leaves it, or after a stop in good order.</summary>
    private async Task MakeImageAsync(bool stopped, ulong entries = Entries)
    {
        var live = _folder.Under("live");
        var source = new RocksLedgerSource(live, "ledger-1", initialise: true);
        await using (var ledger = await source.OpenAsync(CancellationToken.None))
        {
            for (ulong i = 0; i < entries; i++)
                await AppendAsync(ledger, i);
            if (!stopped)
                TempFolder.Copy(live, Image);
        }

        if (stopped)
            TempFolder.Copy(live, Image);
    }

    private void RemoveLogs()
    {
        foreach (var log in Directory.GetFiles(Image, "*.log"))
            File.Delete(log);
    }

    private ValueTask<ILedger> OpenAsync(bool initialise = false) =>
        new RocksLedgerSource(Image, "ledger-1", initialise).OpenAsync(CancellationToken.None);

    private async Task<LedgerException> RefusalAsync(bool initialise)
    {
        var open = async () => await OpenAsync(initialise);
        return (await open.Should().ThrowAsync<LedgerException>()).Which;
    }
}
