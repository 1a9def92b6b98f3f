namespace Sequencer.Bench.Limits;

/// <summary>The limits that figures are compared with, measured at the start of the same run.</summary>
internal sealed record MeasuredLimits
{
    private const int SyncCount = 500;

    /// <summary>SHA-256 of 64 bytes on all processors, a second.</summary>
    public required double Sha256PerSecond { get; init; }

    /// <summary>Ed25519 signatures on all processors, a second.</summary>
    public required double SignaturesPerSecond { get; init; }

    /// <summary>Ed25519 verifications on one processor, a second.</summary>
    public required double VerificationsPerSecond { get; init; }

    /// <summary>Entries of 256 bytes a second into RocksDB alone, 1,000 single keys a batch, with sync.</summary>
    public required double RocksEntriesPerSecond { get; init; }

    /// <summary>99th percentile of one <c>fdatasync</c> of 4 KiB, in microseconds.</summary>
    public required double SyncP99Micros { get; init; }

    public IReadOnlyDictionary<string, double> ByName => new Dictionary<string, double>
    {
        ["SHA-256 of 64 B /s"] = Sha256PerSecond,
        ["Ed25519 signatures /s"] = SignaturesPerSecond,
        ["Ed25519 verifications /s, one processor"] = VerificationsPerSecond,
        ["RocksDB entries /s"] = RocksEntriesPerSecond,
        ["fdatasync p99 µs"] = SyncP99Micros,
    };

    public static MeasuredLimits Measure(string folder, double seconds) => new()
    {
        Sha256PerSecond = RawLimits.Sha256PerSecond(seconds),
        SignaturesPerSecond = RawLimits.SignaturesPerSecond(seconds),
        VerificationsPerSecond = RawLimits.VerificationsPerSecond(seconds),
        RocksEntriesPerSecond = DiskLimits.RocksEntriesPerSecond(folder, 2 * seconds),
        SyncP99Micros = DiskLimits.SyncP99Micros(folder, SyncCount),
    };
}
