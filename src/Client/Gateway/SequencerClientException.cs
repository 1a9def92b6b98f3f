namespace Sequencer.Client;

/// <summary>A request to the gateway that did not succeed; the message is a sentence for a person.</summary>
public sealed class SequencerClientException : Exception
{
    public SequencerClientException(SequencerClientError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    public SequencerClientError Error { get; }

    /// <summary>The HTTP status of the refusal; null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>The stable <c>code</c> of the gateway's problem+json; null when it gave none.</summary>
    public string? Code { get; init; }

    /// <summary>
    /// How long the gateway asked to wait before the next attempt; null when it did not say.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// The index of the first transaction of a submission that has its place although no receipt could be
    /// had in time (<c>witness_timeout</c>); null when the gateway named none.
    /// </summary>
    public ulong? Index { get; init; }

    /// <summary>The key under which a submission was sent; null for other requests.</summary>
    public string? IdempotencyKey { get; init; }
}
