using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Sequencer.Testing;

namespace Sequencer.Core.Tests.Ledger;

public sealed partial class RocksLedgerTests : LedgerContract, IDisposable
{
    private readonly TempFolder _folder = new();

    public RocksLedgerTests() => Source = new RocksLedgerSource(_folder.Path, "ledger-1", initialise: true);

    protected override ILedgerSource Source { get; }

    public void Dispose() => _folder.Dispose();

    /// <summary>Whoever awaits a write goes on on the writer's thread, which closing waits for.</summary>
    [Fact]
    public async Task DisposeAsync_ByWhoAwaitedAWrite_Ends()
    {
        using var folder = new TempFolder();
        var ledger = await Open(folder.Under("ledger"), initialise: true);

        var closing = Task.Run(async () =>
        {
            // A write that has ended before it is awaited leaves its caller where it is.
            for (var tries = 0; tries < 1_000 && Thread.CurrentThread.Name != "ledger-writer"; tries++)
            {
                await ledger.WriteAsync(new LedgerBatch { Generation = 7 }, sync: true).ConfigureAwait(false);
            }

            Thread.CurrentThread.Name.Should().Be("ledger-writer");
            await ledger.DisposeAsync().ConfigureAwait(false);
        });

        await closing.WaitAsync(TimeSpan.FromMinutes(1));
        await using var again = await Open(folder.Under("ledger"), initialise: false);
        again.Generation.Should().Be(7);
    }

    [Fact]
    public async Task Open_WhileAnotherOpeningHoldsIt_IsLocked() =>
        (await Refusal(_folder.Path, initialise: false)).Reason.Should().Be(LedgerError.Locked);

    [Fact]
    public async Task Open_AFolderWhoseNameSaysLock_IsNotTakenForLocked()
    {
        using var parent = new TempFolder();
        var path = parent.Under("blocky-lock");
        await File.WriteAllTextAsync(path, "a file, not a folder");
        var error = await Refusal(path, initialise: true);
        error.Reason.Should().Be(LedgerError.Unavailable);
    }

    /// <summary>Found by hand: who ran it as root once, and then as oneself, was shown a stack trace.</summary>
    [Fact]
    public void Open_AFolderThatMayNotBeRead_IsUnavailableAndSaysSo()
    {
        using var folder = new TempFolder();
        var mode = File.GetUnixFileMode(folder.Path);
        File.SetUnixFileMode(folder.Path, UnixFileMode.None);
        Exception? thrown = null;

        // Nothing is closed to the superuser: this thread alone opens files as nobody.
        var opening = new Thread(() =>
        {
            _ = SetFileUser(65_534);
            var source = new RocksLedgerSource(folder.Path, "ledger-1", initialise: true);
            thrown = Record.Exception(() => (object)source.OpenAsync(CancellationToken.None).AsTask());
        });
        opening.Start();
        opening.Join();
        File.SetUnixFileMode(folder.Path, mode);

        var error = thrown.Should().BeOfType<LedgerException>().Which;
        error.Reason.Should().Be(LedgerError.Unavailable);
        error.Message.Should().Contain($"'{folder.Path}' cannot be read: Access");
    }

    [Fact]
    public async Task Open_AnotherLedger_IsForeignAndNamesBothIds()
    {
        await Ledger.DisposeAsync();
        var open = async () => await new RocksLedgerSource(_folder.Path, "ledger-2", initialise: true)
            .OpenAsync(CancellationToken.None);
        var error = (await open.Should().ThrowAsync<LedgerException>()).Which;
        error.Reason.Should().Be(LedgerError.Foreign);
        error.Message.Should().Contain("ledger-1").And.Contain("ledger-2");
    }

    [Fact]
    public async Task Open_MissingOrEmpty_IsRefusedUnlessInitialised()
    {
        using var folder = new TempFolder();
        (await Refusal(folder.Under("none"), initialise: false)).Reason.Should().Be(LedgerError.Missing);
        (await Refusal(folder.Path, initialise: false)).Reason.Should().Be(LedgerError.Empty);
        await using var made = await Open(folder.Under("a/b"), initialise: true);
        made.Generation.Should().Be(0);
    }

    /// <summary>
    /// A volume that vanishes under a running gateway is not taken for a new log, though it was started with
    /// --init.
    /// </summary>
    [Fact]
    public async Task Open_AgainAfterItVanished_IsMissingAlsoWithInitialise()
    {
        using var folder = new TempFolder();
        var source = new RocksLedgerSource(folder.Under("ledger"), "ledger-1", initialise: true);
        await (await source.OpenAsync(CancellationToken.None)).DisposeAsync();
        Directory.Delete(folder.Under("ledger"), recursive: true);

        var open = async () => await source.OpenAsync(CancellationToken.None);

        (await open.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.Missing);
    }

    [Fact]
    public async Task Open_AfterItsMakingWasCutShort_IsEmptyAndCanBeInitialised()
    {
        using var folder = new TempFolder();
        using (RocksDbSharp.RocksDb.Open(new RocksDbSharp.DbOptions().SetCreateIfMissing(), folder.Path))
        {
        }

        (await Refusal(folder.Path, initialise: false)).Reason.Should().Be(LedgerError.Empty);
        await using var made = await Open(folder.Path, initialise: true);
        made.Generation.Should().Be(0);
    }

    /// <summary>Its making has two steps: the column families may be there in part.</summary>
    [Fact]
    public async Task Open_AfterItsMakingWasCutShortLater_IsEmptyAndCanBeInitialised()
    {
        using var folder = new TempFolder();
        using (var database = RocksDbSharp.RocksDb.Open(
            new RocksDbSharp.DbOptions().SetCreateIfMissing(), folder.Path, new RocksDbSharp.ColumnFamilies()))
        {
            database.CreateColumnFamily(new RocksDbSharp.ColumnFamilyOptions(), "entries");
        }

        (await Refusal(folder.Path, initialise: false)).Reason.Should().Be(LedgerError.Empty);
        await using var made = await Open(folder.Path, initialise: true);
        made.EntryCount(One).Should().Be(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_ALedgerOfAnOlderFormat_SaysSoAndLeavesItAsItWas(bool initialise)
    {
        using var folder = new TempFolder();
        using (var database = RocksDbSharp.RocksDb.Open(
            new RocksDbSharp.DbOptions().SetCreateIfMissing(), folder.Path))
        {
            ReadOnlySpan<byte> two = [0, 0, 0, 0, 0, 0, 0, 2];
            database.Put("Mformat"u8, two);
        }

        var error = await Refusal(folder.Path, initialise);

        error.Reason.Should().Be(LedgerError.Corrupt);
        error.Message.Should().Contain("has format 2").And.Contain("reads format 4");
        RocksDbSharp.RocksDb.TryListColumnFamilies(new RocksDbSharp.DbOptions(), folder.Path, out var families)
            .Should().BeTrue();
        families.Should().Equal("default");
    }

    [Fact]
    public async Task Reading_AfterItWasClosed_IsUnavailable()
    {
        await Ledger.DisposeAsync();
        var reads = new Action[]
        {
            () => Ledger.ReadEntry(One, 0), () => Ledger.EntryCount(One), () => Ledger.ReadTile(One, 0, 0),
            () => Ledger.ReadTilePart(new TilePartId(One, 0, 0, 0)), () => Ledger.TimeOfEntry(One, 0),
            () => Ledger.Epochs(), () => Ledger.ReadEntries(One, 0, 1).Should().BeEmpty(),
        };
        foreach (var read in reads)
            read.Should().Throw<LedgerException>().Which.Reason.Should().Be(LedgerError.Unavailable);
        var write = async () => await Ledger.WriteAsync(new LedgerBatch { Generation = 1 }, sync: true);
        (await write.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.Unavailable);
        await ReopenAsync();
    }

    /// <summary>
    /// RocksDB frees its memory on closing, also under a reader, which would end the process.
    /// </summary>
    [Fact]
    public async Task Closing_WaitsForReadsThatAreUnderWay()
    {
        await AppendAsync(One, 0, [.. Enumerable.Range(0, 200).Select(i => new[] { (byte)i })]);
        using var reading = Ledger.ReadEntries(One, 0, 200).GetEnumerator();
        reading.MoveNext().Should().BeTrue();

        var closing = Ledger.DisposeAsync().AsTask();

        closing.IsCompleted.Should().BeFalse();
        var rest = 1;
        while (reading.MoveNext())
            rest++;
        rest.Should().Be(200);
        await closing;
        await ReopenAsync();
    }

    [Fact]
    public async Task Closing_BesideManyReaders_NeitherCrashesNorHangs()
    {
        await AppendAsync(One, 0, [.. Enumerable.Range(0, 300).Select(i => new[] { (byte)i })]);
        const int Readers = 4;
        var haveRead = 0;
        // Each has a thread of its own: the pool's may be too few for all of them to read at once.
        var readers = Enumerable.Range(0, Readers).Select(_ => Task.Factory.StartNew(
            ReadUntilClosed, TaskCreationOptions.LongRunning)).ToArray();
        await Until.TrueAsync(() => Volatile.Read(ref haveRead) == Readers);

        await Ledger.DisposeAsync();

        (await Task.WhenAll(readers)).Should().OnlyContain(reason => reason == LedgerError.Unavailable);
        await ReopenAsync();

        LedgerError ReadUntilClosed()
        {
            try
            {
                for (ulong i = 0; ; i++)
                {
                    Ledger.ReadEntry(One, i % 300).Should().NotBeNull();
                    if (i == 0)
                        Interlocked.Increment(ref haveRead);
                }
            }
            catch (LedgerException closed)
            {
                return closed.Reason;
            }
        }
    }

    /// <summary>
    /// Entries that were written under one compression are read under any other, and texts take less.
    /// </summary>
    [Fact]
    public async Task Compression_ChangedFromOpeningToOpening_ReadsAllAndSavesSpace()
    {
        using var folder = new TempFolder();
        var path = folder.Under("ledger");
        List<byte[]> model = [];
        Dictionary<LedgerCompression, long> bytes = [];
        foreach (var compression in Enum.GetValues<LedgerCompression>())
        {
            var before = TableBytes(path);
            await using (var ledger = await Open(path, initialise: model.Count == 0, compression))
                await AppendTextsAsync(ledger);
            // What the log has is made a table at the next opening.
            await using (var again = await Open(path, initialise: false, compression))
                again.EntryCount(One).Should().Be((ulong)model.Count);
            bytes[compression] = TableBytes(path) - before;
        }

        await using var last = await Open(path, initialise: false, LedgerCompression.None);
        last.ReadEntries(One, 0, ulong.MaxValue).Select(entry => entry.ToArray())
            .Should().BeEquivalentTo(model, how => how.WithStrictOrdering());
        var (bundle, ahead) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        last.WriteBundle(One, 0, (ulong)model.Count, readAhead: false, bundle);
        last.WriteBundle(One, 0, (ulong)model.Count, readAhead: true, ahead);
        ahead.WrittenSpan.SequenceEqual(bundle.WrittenSpan).Should().BeTrue();
        bundle.WrittenCount.Should().Be(model.Sum(entry => entry.Length + 2));
        bytes[LedgerCompression.Lz4].Should().BeLessThan(bytes[LedgerCompression.None] / 2);
        bytes[LedgerCompression.Zstd].Should().BeLessThan(bytes[LedgerCompression.Lz4]);

        async Task AppendTextsAsync(ILedger ledger)
        {
            var entries = Enumerable.Range(model.Count, 4_000).Select(TextOf).ToList();
            var batch = new LedgerBatch();
            batch.AddEntries(One, (ulong)model.Count, entries.ConvertAll(entry => new ReadOnlyMemory<byte>(entry)));
            await ledger.WriteAsync(batch, sync: true);
            model.AddRange(entries);
        }
    }

    private static byte[] TextOf(int i)
    {
        var accounts = $$"""
            "from":"account-{{i % 97}}","to":"account-{{i % 89}}"
            """;
        return Encoding.UTF8.GetBytes($$"""{"type":"transfer",{{accounts}},"amount":{{i}},"currency":"EUR"}""");
    }

    private static long TableBytes(string path) => !Directory.Exists(path)
        ? 0
        : new DirectoryInfo(path).EnumerateFiles("*.sst").Sum(file => file.Length);

    private static async Task<LedgerException> Refusal(string path, bool initialise)
    {
        var open = async () => await Open(path, initialise);
        return (await open.Should().ThrowAsync<LedgerException>()).Which;
    }

    private static ValueTask<ILedger> Open(
        string path, bool initialise, LedgerCompression compression = LedgerCompression.None) =>
        new RocksLedgerSource(path, "ledger-1", initialise, compression).OpenAsync(CancellationToken.None);

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(int user);
}
