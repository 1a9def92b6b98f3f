using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// Has a ledger remember under which name and log key its chains are published, and refuses others: whoever holds the
/// log's policy or a receipt depends on both. A ledger without chains, and one that has no such record yet, takes those
/// of the settings.
/// </summary>
internal sealed partial class RememberedLog(
    ILedgerSource ledgers, LogSettings settings, ReadOnlyMemory<byte> publicKey, ILogger<RememberedLog> logger)
    : ILedgerSource
{
    /// <exception cref="LedgerException">When the ledger cannot be opened or written.</exception>
    /// <exception cref="SettingsException">When its chains are published under another prefix, or under another key
    /// and <see cref="LogSettings.TakesNewKey"/> is not set.</exception>
    public async ValueTask<ILedger> OpenAsync(CancellationToken cancellation)
    {
        var ledger = await ledgers.OpenAsync(cancellation);
        try
        {
            await RememberAsync(ledger);
            return ledger;
        }
        catch
        {
            await ledger.DisposeAsync();
            throw;
        }
    }

    private async ValueTask RememberAsync(ILedger ledger)
    {
        var known = ledger.Log;
        var isSameKey = known is not null && known.PublicKey.Span.SequenceEqual(publicKey.Span);
        if (isSameKey && known!.Prefix == settings.Prefix)
            return;
        if (known is not null && ledger.Chains().Any())
        {
            RequirePrefix(known.Prefix);
            RequireKey(Convert.ToBase64String(known.PublicKey.Span), Convert.ToBase64String(publicKey.Span));
        }

        await ledger.WriteAsync(new LedgerBatch { Log = new LogRecord(settings.Prefix, publicKey) }, sync: true);
    }

    private void RequirePrefix(string known)
    {
        if (known != settings.Prefix)
        {
            throw new SettingsException(
                $"log.prefix: the ledger has chains under \"{known}\", but the settings name \"{settings.Prefix}\" "
                + $"(made from server.public_host where log.prefix is empty). Set log.prefix to \"{known}\": a chain "
                + "keeps the name under which it is signed.");
        }
    }

    private void RequireKey(string known, string named)
    {
        if (!settings.TakesNewKey)
        {
            var setting = settings.KmsKey.Length > 0 ? "log.kms_key" : "log.key_file";
            throw new SettingsException(
                $"{setting}: the ledger has chains under the log key {known}, but the setting names the key "
                + $"{named}: every policy that was given out would fail. Put the old key back, or read \"Changing the "
                + "log key\" in docs/reliability.md and start once with --new-log-key.");
        }

        LogNewKey(known, named);
    }

    [LoggerMessage(LogLevel.Warning, "The chains go on under the log key {Named}; it was {Known}")]
    private partial void LogNewKey(string known, string named);
}
