namespace Sequencer.Client;

/// <summary>One sequenced transaction as the gateway's JSON gives it.</summary>
internal sealed record TransactionAnswer
{
    public required ulong Idx { get; init; }

    /// <summary>The entry, when it was asked for; null otherwise.</summary>
    public byte[]? DataBase64 { get; init; }

    /// <summary>The receipt: tlog-proof text.</summary>
    public required string Attestation { get; init; }

    /// <summary>Null in the lines of a batch, whose first line has it for all.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}
