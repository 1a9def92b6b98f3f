using System.ComponentModel;

namespace Sequencer.Gateway;

// The shapes of bodies that are read and written by hand, for the OpenAPI document; a test compares the two.

/// <summary>The body of <c>POST /sequence</c>; one of the two fields.</summary>
internal sealed record TransactionShape
{
    [Description("The entry is the UTF-8 of this text; at most 65,535 bytes.")]
    public string? Data { get; init; }

    [Description("The entry in standard base64 with padding, instead of data.")]
    public string? DataBase64 { get; init; }
}

/// <summary>The answer of <c>POST /sequence</c> and of <c>GET /sequence/{idx}</c>.</summary>
internal sealed record ReceiptShape
{
    [Description("Zero-based place of the entry in its chain, for ever.")]
    public required ulong Idx { get; init; }

    [Description("The entry as a text, when it was sent so.")]
    public string? Data { get; init; }

    [Description("The entry in base64 otherwise.")]
    public string? DataBase64 { get; init; }

    [Description("The receipt: a C2SP tlog-proof. Absent with Prefer: return=minimal.")]
    public string? Attestation { get; init; }

    [Description("Time of the first cosignature that covers the entry, RFC 3339.")]
    public string? CreatedAt { get; init; }

    [Description("The entry's leaf hash in base64; only with Prefer: return=minimal.")]
    public string? LeafHash { get; init; }
}

/// <summary>The answer of <c>POST /sequence/batch</c>.</summary>
internal sealed record BatchReceiptShape
{
    [Description("Index of the first entry; the others follow without a gap.")]
    public required ulong FirstIdx { get; init; }

    public required int Count { get; init; }

    [Description("A checkpoint that covers the batch: a C2SP signed note.")]
    public required string Checkpoint { get; init; }

    public required string CreatedAt { get; init; }
}

/// <summary>
/// An event of <c>GET /log/{chain}/feed</c>: an entry, or a checkpoint (the last three fields).
/// </summary>
internal sealed record FeedEventShape
{
    [Description("Zero-based place of the entry; the events come in this order without a gap.")]
    public ulong? Idx { get; init; }

    [Description("The entry as a text, when it is UTF-8.")]
    public string? Data { get; init; }

    [Description("The entry in base64 otherwise.")]
    public string? DataBase64 { get; init; }

    [Description("Time of the first cosignature that covers the entry, RFC 3339.")]
    public string? CreatedAt { get; init; }

    [Description("Of a checkpoint: index of the entry that comes next; the checkpoint covers all before it.")]
    public ulong? NextIdx { get; init; }

    [Description("The newest checkpoint: a C2SP signed note.")]
    public string? Checkpoint { get; init; }

    [Description("Consistency proof (RFC 6962) from next_idx to the checkpoint's size; base64 hashes.")]
    public IReadOnlyList<string>? Consistency { get; init; }
}

/// <summary>Every refusal: problem+json, RFC 9457.</summary>
internal sealed record ProblemShape
{
    public required string Title { get; init; }

    public required int Status { get; init; }

    [Description("Stable; docs/errors.md lists them all.")]
    public required string Code { get; init; }

    [Description("What was wrong and what to do, for a person.")]
    public required string Detail { get; init; }

    [Description("Zero-based place in the batch of the refused entry.")]
    public int? Position { get; init; }

    [Description("Index of the first entry, where it has its place nevertheless: with witness_timeout, and with "
        + "outcome_unknown when it is known.")]
    public ulong? Idx { get; init; }
}
