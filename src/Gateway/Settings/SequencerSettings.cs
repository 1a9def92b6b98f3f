using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>Reads the sequencer's own options: <c>[sequencer]</c>.</summary>
internal static class SequencerSettings
{
    private const long BytesMax = 1L << 40;

    public static SequencerOptions Read(SettingsReader reader, LogSettings log)
    {
        var defaults = new SequencerOptions();
        var options = new SequencerOptions
        {
            LogPrefix = log.Prefix,
            BatchMaxEntries = reader.Integer(
                "sequencer:batch_max_entries", defaults.BatchMaxEntries, 1, 10_000),
            BatchMaxBytes = reader.LongInteger(
                "sequencer:batch_max_bytes", defaults.BatchMaxBytes, Entry.MaxSizeBytes, 1L << 30),
            QueueMaxEntries =
                reader.Integer("sequencer:queue_max_entries", defaults.QueueMaxEntries, 1, int.MaxValue),
            QueueMaxBytes = reader.LongInteger(
                "sequencer:queue_max_bytes", defaults.QueueMaxBytes, Entry.MaxSizeBytes, BytesMax),
            LingerMs = reader.Integer("sequencer:linger_ms", defaults.LingerMs, 0, 10_000),
            MaxChains = reader.Integer("sequencer:max_chains", defaults.MaxChains, 1, 10_000_000),
            IdempotencyRetentionHours = reader.Integer(
                "sequencer:idempotency_retention_hours", defaults.IdempotencyRetentionHours, 1, 24 * 366),
            OutcomeTimeoutSeconds = reader.Integer(
                "sequencer:outcome_timeout_seconds", defaults.OutcomeTimeoutSeconds, 1, 3600),
            ChainDefaults = ReadLimits(reader, "chain_defaults", new ChainLimits()),
        };
        RequireTime(reader, options, "sequencer:linger_ms", options.LingerMs);
        if (log.KmsKey.Length > 0)
        {
            RequireTime(reader, options, "log:kms_interval_ms", log.KmsIntervalMs);
            // Each checkpoint is a call to KMS: batches gather, so that there are few.
            options.LingerMs = Math.Max(options.LingerMs, log.KmsIntervalMs);
        }

        return options;
    }

    /// <summary>Whoever comes first in a batch waits while it gathers, and then for the signature.</summary>
    private static void RequireTime(
        SettingsReader reader, SequencerOptions options, string key, int gathersMs)
    {
        var mostMs = options.OutcomeTimeoutSeconds * 1000 / 2;
        if (gathersMs > mostMs)
        {
            throw reader.Wrong(key, $"{gathersMs}",
                $"at most {mostMs}, half of sequencer.outcome_timeout_seconds: the first submission of a batch "
                + "waits that long, and then for its receipt");
        }
    }

    /// <summary>The limits of one table, over what holds where it is silent.</summary>
    public static ChainLimits ReadLimits(SettingsReader reader, string table, ChainLimits defaults) => new()
    {
        QueueMaxEntries =
            reader.Integer($"{table}:queue_max_entries", defaults.QueueMaxEntries, 1, int.MaxValue),
        QueueMaxBytes = reader.LongInteger(
            $"{table}:queue_max_bytes", defaults.QueueMaxBytes, Entry.MaxSizeBytes, BytesMax),
        TransactionsPerSecond = reader.Integer(
            $"{table}:transactions_per_second", defaults.TransactionsPerSecond, 0, int.MaxValue),
        BytesPerSecond = reader.LongInteger(
            $"{table}:bytes_per_second", defaults.BytesPerSecond, 0, BytesMax),
        Unique = reader.Flag($"{table}:unique", defaults.Unique),
        Finality = reader.Word($"{table}:finality", defaults.Finality),
    };
}
