using System.Buffers;
using Microsoft.Extensions.Logging;
using RocksDbSharp;
using Sequencer.Core.Tests.Ledger;
using Sequencer.Testing;

namespace Sequencer.Core.Tests.Faults;

/// <summary>Flipped and torn records and missing files: found, named, never taken for the truth.</summary>
public sealed class DamagedLedgerTests : IDisposable
{
    private const int Entries = 200;
    private const ulong LargeBatch = 16;
    private static readonly ChainNumber One = new(1);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_AfterACrashThatToreTheLastRecord_HasEverythingBeforeIt()
    {
        await MakeCrashImageAsync();
        var log = Single("*.log");
        Truncate(log, by: 7);

        await using var ledger = await OpenAsync();

        ledger.EntryCount(One).Should().Be(Entries - 1);
        ledger.ReadData(One, Entries - 2).Should().Equal(Entry(Entries - 2));
    }

    /// <summary>
    /// Entries are flushed when their memory is full, other records later: after a crash each batch is there whole,
    /// whether its parts come from tables or from the write-ahead log.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task Open_AfterACrashWithOnlyEntriesFlushed_HasEachBatchWhole(int torn)
    {
        var batches = await MakePartlyFlushedCrashImageAsync();
        var log = Directory.GetFiles(_folder.Under("image"), "*.log").Max()!;
        Truncate(log, torn);
        var whole = torn == 0 ? batches : batches - 1;

        await using var ledger = await OpenAsync();

        ledger.Generation.Should().Be(whole);
        ledger.EntryCount(One).Should().Be(whole * LargeBatch);
        ledger.LatestCheckpoint(One)!.Size.Should().Be(whole * LargeBatch);
        ledger.TimeOfEntry(One, whole * LargeBatch - 1).Should().Be(whole);
        ledger.ReadTilePart(new TilePartId(One, 0, whole - 1, 3)).Should().NotBeNull();
        ledger.ReadTilePart(new TilePartId(One, 0, whole, 0)).Should().BeNull();
    }

    [Fact]
    public async Task Open_WithAnOlderWriteAheadLogMissing_IsCorrupt()
    {
        await MakePartlyFlushedCrashImageAsync();
        File.Delete(Directory.GetFiles(_folder.Under("image"), "*.log").Min()!);

        (await RefusalAsync()).Reason.Should().Be(LedgerError.Corrupt);
    }

    /// <summary>RocksDB's default would have opened it without this record and all that followed.</summary>
    [Fact]
    public async Task Open_WithAFlippedRecordInTheWriteAheadLog_IsCorruptAndNamesTheFolder()
    {
        await MakeCrashImageAsync();
        var log = Single("*.log");
        Flip(log, at: new FileInfo(log).Length / 2);

        var error = await RefusalAsync();

        error.Reason.Should().Be(LedgerError.Corrupt);
        error.Message.Should().Contain(_folder.Under("image"));
    }

    [Fact]
    public async Task Read_AFlippedRecordInATable_IsCorruptAndNamesTheFile()
    {
        await MakeCrashImageAsync();
        // Opening moves what the write-ahead log holds into a table.
        await (await OpenAsync()).DisposeAsync();
        var table = Directory.GetFiles(_folder.Under("image"), "*.sst").MaxBy(file => new FileInfo(file).Length)!;
        Flip(table, at: new FileInfo(table).Length / 3);

        await using var ledger = await OpenAsync();
        var read = () => Enumerable.Range(0, Entries).Select(i => ledger.ReadEntry(One, (ulong)i)).ToList();
        var scan = () => ledger.ReadEntries(One, 0, Entries).ToList();
        var bundle = (bool readAhead) => ledger.Invoking(ledger =>
            ledger.WriteBundle(One, 0, Entries, readAhead, new ArrayBufferWriter<byte>()));

        read.Should().Throw<LedgerException>().Where(error => error.Reason == LedgerError.Corrupt)
            .WithMessage($"*{Path.GetFileName(table)}*");
        // RocksDB's iterator would have said that there is no more.
        foreach (var act in (Action[])[() => scan(), bundle(false), bundle(true)])
            act.Should().Throw<LedgerException>().Where(error => error.Reason == LedgerError.Corrupt);
    }

    /// <summary>
    /// RocksDB's iterator says that there is nothing: the ledger would be taken for one whose making was cut
    /// short.
    /// </summary>
    [Theory]
    [InlineData(false, "ledger-1")]
    [InlineData(true, "ledger-1")]
    [InlineData(true, "ledger-2")]
    public async Task Open_WithItsOwnRecordsFlipped_IsCorruptAndNeverMadeAnew(bool initialise, string id)
    {
        await MakeCrashImageAsync();
        await (await OpenAsync()).DisposeAsync();
        // The tables are two: this one has the small records, the other the entries.
        var tables = Directory.GetFiles(_folder.Under("image"), "*.sst");
        var table = tables.MinBy(file => new FileInfo(file).Length)!;
        Flip(table, at: 10);

        var error = await RefusalAsync(initialise, id);

        error.Reason.Should().Be(LedgerError.Corrupt);
        error.Message.Should().Contain(Path.GetFileName(table));
        Flip(table, at: 10);
        await using var ledger = await OpenAsync();
        ledger.EntryCount(One).Should().Be(Entries);
    }

    [Fact]
    public async Task Open_WithoutOneOfItsTables_IsCorruptAndNamesIt()
    {
        await MakeCrashImageAsync();
        await (await OpenAsync()).DisposeAsync();
        var table = Directory.GetFiles(_folder.Under("image"), "*.sst")[0];
        File.Delete(table);

        var error = await RefusalAsync();

        error.Reason.Should().Be(LedgerError.Corrupt);
        // RocksDB besides suspects the manifest, which is whole.
        error.Message.Should().Contain(Path.GetFileName(table)).And.NotContain("MANIFEST")
            .And.EndWith("Restore the folder as a whole from its newest backup.");
    }

    [Fact]
    public async Task Open_WithADamagedManifest_IsCorruptAndNamesIt()
    {
        await MakeCrashImageAsync();
        var manifest = Single("MANIFEST-*");
        Flip(manifest, at: new FileInfo(manifest).Length / 2);

        var error = await RefusalAsync();

        error.Reason.Should().Be(LedgerError.Corrupt);
        error.Message.Should().Contain(Path.GetFileName(manifest)).And.Contain("Restore the folder");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_WithoutItsCurrentFile_IsCorruptAndNeverMadeAnew(bool initialise)
    {
        await MakeCrashImageAsync();
        File.Delete(Path.Combine(_folder.Under("image"), "CURRENT"));

        var error = await RefusalAsync(initialise);

        error.Reason.Should().Be(LedgerError.Corrupt);
        error.Message.Should().Contain("CURRENT");
        Directory.GetFiles(_folder.Under("image"), "*.log").Should().NotBeEmpty();
    }

    [Fact]
    public async Task ADamagedChain_StopsAndSaysSo_AndOthersGoOn()
    {
        await using var enclave = new EnclaveFixture();
        var ledger = new MemoryLedger();
        await using (var before = await CoreFixture.StartAsync(new MemoryLedgerSource(ledger), enclave))
        {
            await before.SequenceAsync("one");
            await before.SequenceAsync("one", chain: "other");
        }

        var batch = new LedgerBatch();
        var latest = ledger.LatestCheckpoint(One)!;
        batch.Checkpoints.Add(latest with { Size = latest.Size + 3 });
        await ledger.WriteAsync(batch, sync: true);
        var log = new LogLines();
        await using var core = await CoreFixture.StartAsync(new MemoryLedgerSource(ledger), enclave, logger: log);

        var refused = await core.SubmitAsync("two");
        await core.SubmitAsync("three");

        refused.Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal.Code.Should().Be(RefusalCode.ChainStopped);
        core.Core.Status.StoppedChains["demo"].Should().Contain("Entries 0 to 3");
        log.Of(LogLevel.Error).Should().ContainSingle().Which.Should().Contain("'demo'").And.Contain("Entries 0 to 3");
        var read = () => core.Core.ReadCheckpointAsync(CoreFixture.Chain(), CancellationToken.None).AsTask();
        (await read.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.Corrupt);
        (await core.SequenceAsync("two", chain: "other")).FirstIndex.Should().Be(1);
    }

    private static byte[] Entry(int i)
    {
        var entry = new byte[500];
        new Random(i).NextBytes(entry);
        return entry;
    }

    private static void Flip(string file, long at)
    {
        using var stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = at;
        var value = stream.ReadByte();
        stream.Position = at;
        stream.WriteByte((byte)(value ^ 0x10));
    }

    private static void Truncate(string file, int by)
    {
        using var stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite);
        stream.SetLength(stream.Length - by);
    }

    /// <summary>Copies an open ledger as a crash would leave it: every record was synced.</summary>
    private async Task MakeCrashImageAsync()
    {
        var source = new RocksLedgerSource(_folder.Under("live"), "ledger-1", initialise: true);
        await using var ledger = await source.OpenAsync(CancellationToken.None);
        for (var i = 0; i < Entries; i++)
        {
            var batch = new LedgerBatch();
            batch.AddEntries(One, (ulong)i, [Entry(i)]);
            await ledger.WriteAsync(batch, sync: true);
        }

        TempFolder.Copy(_folder.Under("live"), _folder.Under("image"));
    }

    /// <summary>Batches of 1 MiB with every kind of thing in it, until a first table of entries is finished.</summary>
    /// <returns>How many there are.</returns>
    private async Task<ulong> MakePartlyFlushedCrashImageAsync()
    {
        var source = new RocksLedgerSource(_folder.Under("live"), "ledger-1", initialise: true);
        await using var ledger = await source.OpenAsync(CancellationToken.None);
        var large = Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[65_535], (int)LargeBatch).ToList();
        ulong count = 0;
        // A second write-ahead log: the entries' memory was full, and is being flushed.
        for (; Directory.GetFiles(_folder.Under("live"), "*.log").Length < 2; count++)
        {
            var batch = new LedgerBatch { Generation = count + 1 };
            batch.AddEntries(One, count * LargeBatch, large);
            batch.Tiles.Add(new TileRecord(One, 0, count, new byte[TileNodes.SizeBytes]));
            batch.Checkpoints.Add(new CheckpointRecord(
                One, (count + 1) * LargeBatch, default, count + 1, new byte[64], 1, new byte[] { 1 }));
            await ledger.WriteAsync(batch, sync: true);
        }

        // The flush may move under the copying, but nobody writes any more: it ends, and then the folder stands still.
        await Until.TrueAsync(TryCopyFlushed);
        return count;
    }

    /// <summary>Copies the ledger; false when it changed meanwhile, or had no table of entries yet.</summary>
    private bool TryCopyFlushed()
    {
        var image = _folder.Under("image");
        if (Directory.Exists(image))
            Directory.Delete(image, recursive: true);
        try
        {
            var before = LiveFiles();
            TempFolder.Copy(_folder.Under("live"), image);
            if (!LiveFiles().SetEquals(before))
                return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }

        // A file is there before the ledger counts it as its own. Only reading, it is told what is in the image.
        var options = new RocksOptions(createIfMissing: false, LedgerCompression.None);
        using var database = RocksDb.OpenReadOnly(
            options.Database, image, options.FamiliesOf(RocksOptions.Names), false);
        var entries = database.GetColumnFamily(RocksOptions.Entries);
        return database.GetProperty("rocksdb.num-files-at-level0", entries) != "0";
    }

    /// <summary>The names and lengths of all files but RocksDB's own log, which says nothing of the contents.</summary>
    private HashSet<(string Name, long Length)> LiveFiles() =>
    [
        .. new DirectoryInfo(_folder.Under("live")).GetFiles().Where(file => file.Name != "LOG")
            .Select(file => (file.Name, file.Length)),
    ];

    private string Single(string pattern) =>
        Directory.GetFiles(_folder.Under("image"), pattern).Should().ContainSingle().Which;

    private ValueTask<ILedger> OpenAsync(bool initialise = false, string id = "ledger-1") =>
        new RocksLedgerSource(_folder.Under("image"), id, initialise).OpenAsync(CancellationToken.None);

    private async Task<LedgerException> RefusalAsync(bool initialise = false, string id = "ledger-1")
    {
        var open = async () => await OpenAsync(initialise, id);
        return (await open.Should().ThrowAsync<LedgerException>()).Which;
    }
}
