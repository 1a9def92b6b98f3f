namespace Sequencer.Core;

/// <summary>Settings of the sequencer core.</summary>
public sealed class SequencerOptions
{
    /// <summary>What every origin starts with: origin = log prefix / chain id. Must be the enclave's.</summary>
    public string LogPrefix { get; set; } = "localhost:5000/log";

    /// <summary>Most entries in one submission; default 10,000.</summary>
    public int BatchMaxEntries { get; set; } = 10_000;

    /// <summary>Most bytes in one submission; default 8 MiB.</summary>
    public long BatchMaxBytes { get; set; } = 8L << 20;

    /// <summary>Most entries that were admitted and have no outcome yet; default 100,000.</summary>
    public int QueueMaxEntries { get; set; } = 100_000;

    /// <summary>Most bytes of such entries; default 128 MiB.</summary>
    public long QueueMaxBytes { get; set; } = 128L << 20;

    /// <summary>How long a lone transaction waits for company, in milliseconds; default 0: never.</summary>
    public int LingerMs { get; set; }

    /// <summary>Most chains in the ledger; a submission to one more is refused; default 100,000.</summary>
    public int MaxChains { get; set; } = 100_000;

    /// <summary>How long an idempotency key is remembered, in hours; default 24.</summary>
    public int IdempotencyRetentionHours { get; set; } = 24;

    /// <summary>How long a submission waits for its receipt before it is told that the outcome is unknown,
    /// in seconds; default 30.</summary>
    public int OutcomeTimeoutSeconds { get; set; } = 30;

    /// <summary>How long witnesses are asked for a quorum that the enclave demands, before that is given up for
    /// now, in seconds; default 15.</summary>
    public int WitnessPatienceSeconds { get; set; } = 15;

    /// <summary>Most chains in one request to the enclave; a round with more has several under way; default 32.
    /// Fewer cost messages, more leave the enclave or the gateway idle while the other one works.</summary>
    public int RequestMaxChains { get; set; } = 32;

    /// <summary>Takes the write role back although this gateway was fenced; an operator's decision.</summary>
    public bool TakeOver { get; set; }

    /// <summary>Limits of chains that <see cref="Chains"/> does not name.</summary>
    public ChainLimits ChainDefaults { get; set; } = new();

    /// <summary>Limits of single chains, by chain id.</summary>
    public Dictionary<string, ChainLimits> Chains { get; } = [];
}

/// <summary>Limits and rules of a chain.</summary>
public sealed class ChainLimits
{
    /// <summary>Most entries of the chain that wait for an outcome; default 50,000.</summary>
    public int QueueMaxEntries { get; set; } = 50_000;

    /// <summary>Most bytes of such entries; default 64 MiB.</summary>
    public long QueueMaxBytes { get; set; } = 64L << 20;

    /// <summary>Entries per second, with bursts of one second's worth; default 0: no quota.</summary>
    public int TransactionsPerSecond { get; set; }

    /// <summary>Bytes per second, with bursts of one second's worth; default 0: no quota.</summary>
    public long BytesPerSecond { get; set; }

    /// <summary>Whether the same bytes keep their first index; fixed when the chain is created; default
    /// false.</summary>
    public bool Unique { get; set; }

    /// <summary>What the outcome of a submission waits for that does not say; default: the enclave.</summary>
    public Finality Finality { get; set; }
}
