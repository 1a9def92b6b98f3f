namespace Sequencer.Client;

/// <summary>One line of <c>GET /log/{chain}/feed</c> as NDJSON: an entry, or a checkpoint.</summary>
internal sealed record FeedLine
{
    /// <summary>The entry's index; null for a checkpoint.</summary>
    public ulong? Idx { get; init; }

    public byte[]? DataBase64 { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Index of the entry after the checkpoint line; null for an entry.</summary>
    public ulong? NextIdx { get; init; }

    /// <summary>The signed note.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The consistency proof's hashes; in base64.</summary>
    public IReadOnlyList<string>? Consistency { get; init; }
}
