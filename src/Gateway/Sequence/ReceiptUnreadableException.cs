using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// Entries have their places, but the ledger failed while their receipt was written: not to be told as if they
/// had none.
/// </summary>
internal sealed class ReceiptUnreadableException(ulong firstIndex, LedgerException failure)
    : Exception(failure.Message, failure)
{
    /// <summary>
    /// The answer: outcome_unknown, as the caller still needs its receipt and gets it the same way, with the
    /// index that is known.
    /// </summary>
    public Problem ToProblem() => new(ProblemCode.OutcomeUnknown,
        "The entries have their places, but the ledger cannot be read for their receipt at the moment: retry "
        + "with the same Idempotency-Key, or read them later.")
    {
        FirstIndex = firstIndex,
    };
}
