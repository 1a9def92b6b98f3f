using System.Text;
using RocksDbSharp;

namespace Sequencer.Core;

/// <summary>Opens the RocksDB ledger in a folder.</summary>
/// <param name="folder">The ledger's folder.</param>
/// <param name="ledgerId">The id that the configuration names and the ledger must carry.</param>
/// <param name="initialise">Whether a missing or empty folder becomes a new ledger of that id.</param>
public sealed class RocksLedgerSource(string folder, string ledgerId, bool initialise) : ILedgerSource
{
    private const ulong FormatVersion = 1;

    public ValueTask<ILedger> OpenAsync(CancellationToken cancellation)
    {
        var isNew = !File.Exists(Path.Combine(folder, "CURRENT"));
        if (isNew)
            RequireInitialise();
        var options = new RocksOptions(createIfMissing: isNew);
        try
        {
            var database = RocksDb.Open(options.Database, folder);
            try
            {
                if (isNew)
                    Initialise(database);
                RequireOurs(database);
                return new ValueTask<ILedger>(new RocksLedger(database, options));
            }
            catch
            {
                database.Dispose();
                throw;
            }
        }
        catch (RocksDbException exception)
        {
            options.Dispose();
            throw Explain(exception);
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private void RequireInitialise()
    {
        if (initialise)
        {
            Directory.CreateDirectory(folder);
            return;
        }

        var missing = !Directory.Exists(folder);
        throw new LedgerException(
            missing ? LedgerError.Missing : LedgerError.Empty,
            $"The ledger folder '{folder}' {(missing ? "does not exist" : "holds no ledger")}. If its volume is "
            + "not mounted, mount it; only if this is a new sequencer, start once with --init.");
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
        var format = database.Get(RocksKeys.Format) is { Length: 8 } bytes ? RocksValues.ToUInt64(bytes) : 0;
        if (format != FormatVersion)
        {
            throw new LedgerException(LedgerError.Corrupt,
                $"The ledger in '{folder}' has format {format}; this version reads format {FormatVersion}.");
        }

        var id = Encoding.UTF8.GetString(database.Get(RocksKeys.LedgerId) ?? []);
        if (id != ledgerId)
        {
            throw new LedgerException(LedgerError.Foreign,
                $"The ledger in '{folder}' has the id '{id}', but the configuration names '{ledgerId}'. "
                + "Mount the right volume, or set ledger.id if this ledger is meant.");
        }
    }

    private LedgerException Explain(RocksDbException exception) =>
        exception.Message.Contains("lock", StringComparison.OrdinalIgnoreCase)
            ? new LedgerException(LedgerError.Locked,
                $"Another process holds the ledger in '{folder}'; one gateway at a time may. Stop the other one.",
                exception)
            : new LedgerException(LedgerError.Corrupt,
                $"The ledger in '{folder}' cannot be opened: {exception.Message}", exception);
}
