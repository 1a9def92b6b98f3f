namespace Sequencer.Client;

/// <summary>What kind of failure a <see cref="SequencerClientException"/> reports.</summary>
public enum SequencerClientError
{
    /// <summary>
    /// The gateway answered with a refusal; <see cref="SequencerClientException.Code"/> names it.
    /// </summary>
    Refused,

    /// <summary>No answer: connection refused, name not found, broken off, or too slow.</summary>
    Unreachable,

    /// <summary>
    /// A submission may or may not have been sequenced. Submitting the same bytes again under
    /// <see cref="SequencerClientException.IdempotencyKey"/> is safe and settles it.
    /// </summary>
    OutcomeUnknown,

    /// <summary>
    /// The gateway answered, but not in the agreed form, or with a receipt for something else.
    /// </summary>
    BadAnswer,
}
