namespace Sequencer.Client;

/// <summary>The JSON of a monitor's state file.</summary>
internal sealed record MonitorStateDocument
{
    public required string Format { get; init; }

    public required string Origin { get; init; }

    public required string LogKey { get; init; }

    public required string Checkpoint { get; init; }

    /// <summary>In base64.</summary>
    public byte[]? AttestationDocument { get; init; }

    /// <summary>Hashes in base64, by the path of their tile.</summary>
    public required IReadOnlyDictionary<string, byte[]> Edge { get; init; }

    public required IReadOnlyList<Epoch> Epochs { get; init; }

    public string? DefaultCheckpoint { get; init; }

    public ulong? RehashedSize { get; init; }

    public IReadOnlyList<Found> Evidence { get; init; } = [];

    internal sealed record Epoch
    {
        public required ulong StartSize { get; init; }

        public required string Key { get; init; }

        /// <summary>SHA-256 of the attestation document, in base64.</summary>
        public required string DocumentSha256 { get; init; }
    }

    internal sealed record Found
    {
        public required ulong Size { get; init; }

        public required ContradictionKind Kind { get; init; }

        public required string File { get; init; }
    }
}
