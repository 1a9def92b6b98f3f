using System.Text;
using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>Opens the RocksDB ledger in a folder; one opening at a time.</summary>
/// <param name="folder">The ledger's folder.</param>
/// <param name="ledgerId">The id that the configuration names and the ledger must carry.</param>
/// <param name="initialise">Whether a missing or empty folder becomes a new ledger of that id; the first
/// opening alone may do so, for a ledger that vanishes later was lost and must not be taken for new.</param>
/// <param name="compression">How entries that are written from now on are compressed.</param>
public sealed class RocksLedgerSource(
    string folder, string ledgerId, bool initialise, LedgerCompression compression = LedgerCompression.None)
    : ILedgerSource
{
    private const ulong FormatVersion = 4;

    // What CURRENT names before RocksDB has made the first write-ahead log: nothing was written yet.
    private const string FirstManifest = "MANIFEST-000001";

    private const string RestoreWhole = "Restore the folder as a whole from its newest backup.";

    private bool _mayInitialise = initialise;

    public ValueTask<ILedger> OpenAsync(CancellationToken cancellation)
    {
        var files = Files();
        var isNew = !files.Contains("CURRENT");
        if (isNew)
            RequireInitialise(files);
        else
            RequireLog(files);
        var ledger = Open(createIfMissing: isNew);
        _mayInitialise = false;
        return new ValueTask<ILedger>(ledger);
    }

    private RocksLedger Open(bool createIfMissing)
    {
        var options = new RocksOptions(createIfMissing, compression);
        RocksDb? database = null;
        try
        {
            if (!createIfMissing)
                RequireFamilies(options);
            database = OpenFamilies(options, RocksOptions.Names);
            if (_mayInitialise && IsBare(database))
                Initialise(database);
            RequireOurs(database);
            return new RocksLedger(database, options);
        }
        catch (Exception exception)
        {
            database?.Dispose();
            throw exception is RocksDbException cause ? Explain(cause) : exception;
        }
    }

    /// <summary>
    /// A ledger without the column families is one of an older format, or its making was cut short: only then are
    /// they made.
    /// </summary>
    private void RequireFamilies(RocksOptions options)
    {
        // Whatever keeps them from being listed is told by the opening.
        if (!RocksDb.TryListColumnFamilies(options.Database, folder, out var names)
            || names.Intersect(RocksOptions.Names).Count() == RocksOptions.Names.Length)
        {
            return;
        }

        using var database = OpenFamilies(options, names);
        if (!_mayInitialise || !IsBare(database))
            RequireOurs(database);
        options.Database.SetCreateMissingColumnFamilies(true);
    }

    private RocksDb OpenFamilies(RocksOptions options, IEnumerable<string> names) =>
        BackgroundThreads.Start(() => RocksDb.Open(options.Database, folder, options.FamiliesOf(names)));

    private void RequireInitialise(string[] files)
    {
        if (files.FirstOrDefault(IsLeftOver) is { } file)
        {
            throw new LedgerException(LedgerError.Corrupt,
                $"The ledger in '{folder}' has lost its file CURRENT, but '{file}' is there: it was damaged. "
                + RestoreWhole);
        }

        if (!_mayInitialise)
        {
            var missing = !Directory.Exists(folder);
            throw new LedgerException(
                missing ? LedgerError.Missing : LedgerError.Empty,
                $"The ledger folder '{folder}' {(missing ? "does not exist" : "holds no ledger")}. If its volume "
                + "is not mounted, mount it; only if this is a new sequencer, start once with --init.");
        }

        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(LedgerError.Unavailable,
                $"The ledger folder '{folder}' cannot be made: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Refuses a ledger without any write-ahead log, which RocksDB would open as it was when it made the last
    /// one: each is there, and in the folder on the disk, before the one before it is removed.
    /// </summary>
    private void RequireLog(string[] files)
    {
        if (files.Any(IsLog) || Current() == FirstManifest)
            return;
        throw new LedgerException(LedgerError.Corrupt,
            $"The ledger in '{folder}' has lost its write-ahead log, a file *.log with its newest records. Was "
            + $"it left out of a backup? {RestoreWhole}");
    }

    /// <summary>The names of the files in the folder; none where there is no folder.</summary>
    private string[] Files() => Read(() => !Directory.Exists(folder) ? []
        : Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).ToArray());

    /// <summary>The name of the manifest that is in force.</summary>
    private string Current() => Read(() => File.ReadAllText(Path.Combine(folder, "CURRENT")).TrimEnd());

    private T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(LedgerError.Unavailable,
                $"The ledger folder '{folder}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Whether only a ledger leaves a file of this name.</summary>
    private static bool IsLeftOver(string name) =>
        IsLog(name) || name.EndsWith(".sst", StringComparison.Ordinal)
        || name.StartsWith("MANIFEST-", StringComparison.Ordinal);

    private static bool IsLog(string name) => name.EndsWith(".log", StringComparison.Ordinal);

    /// <summary>Whether nothing was ever written: a new one, or one whose making was cut short.</summary>
    /// <exception cref="RocksDbException">When what was written cannot be read.</exception>
    private static bool IsBare(RocksDb database)
    {
        using var iterator = database.NewIterator();
        if (iterator.SeekToFirst().Valid())
            return false;
        // Where the first block cannot be read it is at no key either, and only this says so.
        Native.Instance.rocksdb_iter_get_error(iterator.Handle);
        return true;
    }

    private void Initialise(RocksDb database)
    {
        using var batch = new WriteBatch();
        batch.Put(RocksKeys.Format, RocksValues.OfUInt64(FormatVersion));
        batch.Put(RocksKeys.LedgerId, Encoding.UTF8.GetBytes(ledgerId));
        database.Write(batch, new WriteOptions().SetSync(true));
    }

    private void RequireOurs(RocksDb database)
    {
        if (IsBare(database))
        {
            throw new LedgerException(LedgerError.Empty,
                $"The ledger in '{folder}' holds nothing: its making was cut short. Start once with --init.");
        }

        var format = database.Get(RocksKeys.Format) is { Length: 8 } bytes ? RocksValues.ToUInt64(bytes) : 0;
        if (format != FormatVersion)
        {
            throw new LedgerException(LedgerError.Corrupt,
                $"The ledger in '{folder}' has format {format}; this version reads format {FormatVersion}. Go on "
                + "with the version that wrote it: ledgers are not converted.");
        }

        var id = Encoding.UTF8.GetString(database.Get(RocksKeys.LedgerId) ?? []);
        if (id != ledgerId)
        {
            throw new LedgerException(LedgerError.Foreign,
                $"The ledger in '{folder}' has the id '{id}', but the configuration names '{ledgerId}'. "
                + "Mount the right volume, or set ledger.id if this ledger is meant.");
        }
    }

    private LedgerException Explain(RocksDbException exception)
    {
        if (exception.Message.Contains("While lock file", StringComparison.Ordinal)
            || exception.Message.Contains("lock hold by current process", StringComparison.Ordinal))
        {
            return new LedgerException(LedgerError.Locked,
                $"Another process holds the ledger in '{folder}'; one gateway at a time may. Stop the other one.",
                exception);
        }

        return RocksDatabase.IsCorruption(exception)
            ? new LedgerException(LedgerError.Corrupt,
                $"The ledger in '{folder}' cannot be opened: {FindingOf(exception.Message)}. {RestoreWhole}",
                exception)
            : new LedgerException(LedgerError.Unavailable,
                $"The ledger in '{folder}' cannot be opened: {exception.Message}", exception);
    }

    /// <summary>
    /// What RocksDB found. It suspects the manifest of every damage; where a table is named, that is the one.
    /// </summary>
    private static string FindingOf(string message)
    {
        var suspicion = message.IndexOf("  The file ", StringComparison.Ordinal);
        var names = suspicion >= 0 && message.AsSpan(0, suspicion).Contains(".sst", StringComparison.Ordinal);
        return (names ? message[..suspicion] : message).TrimEnd('.');
    }
}
