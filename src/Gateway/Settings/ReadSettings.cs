namespace Sequencer.Gateway;

/// <summary>How often callers without a token may read, counted per client address: <c>[reads]</c>.</summary>
internal sealed record ReadSettings
{
    /// <summary>
    /// Reads of public chains and epochs, per client and second in the long run; 0 for no limit.
    /// </summary>
    public required int PerSecond { get; init; }

    /// <summary>How many of those one client may do at once after a pause.</summary>
    public required int Burst { get; init; }

    /// <summary>Fresh attestation documents, per client and minute in the long run; 0 for no limit.</summary>
    public required int AttestationsPerMinute { get; init; }

    /// <summary>Fresh attestation documents for all clients together, per minute; 0 for no limit.</summary>
    public required int AttestationsPerMinuteAll { get; init; }

    /// <summary>
    /// Memory of entry bundles of more than 128 KiB that are read or on their way at one time, in bytes; then 503.
    /// </summary>
    public required long BundlesMaxBytes { get; init; }

    public static ReadSettings Read(SettingsReader reader) => new()
    {
        PerSecond = reader.Integer("reads:per_second", 500, 0, 1_000_000),
        Burst = reader.Integer("reads:burst", 2000, 1, 10_000_000),
        AttestationsPerMinute = reader.Integer("reads:attestations_per_minute", 30, 0, 1_000_000),
        AttestationsPerMinuteAll = reader.Integer("reads:attestations_per_minute_all", 600, 0, 1_000_000),
        // The largest bundle takes 18.9 MB of buffer.
        BundlesMaxBytes = reader.LongInteger(
            "reads:bundles_max_bytes", 128 * 1024 * 1024, 32 * 1024 * 1024, long.MaxValue),
    };
}
