using System.Diagnostics;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>Turns the sequencer's refusals into problems.</summary>
internal static class Refusals
{
    public static Problem ToProblem(this Refusal refusal) => new(CodeOf(refusal.Code), refusal.Detail)
    {
        RetryAfter = refusal.RetryAfter,
        Position = refusal.Position,
        FirstIndex = refusal.FirstIndex,
    };

    private static ProblemCode CodeOf(RefusalCode code) => code switch
    {
        RefusalCode.EntryTooLarge => ProblemCode.EntryTooLarge,
        RefusalCode.BatchTooLarge => ProblemCode.BatchTooLarge,
        RefusalCode.ChainQueueFull => ProblemCode.ChainQueueFull,
        RefusalCode.ChainQuota => ProblemCode.ChainQuota,
        RefusalCode.QueueFull => ProblemCode.QueueFull,
        RefusalCode.ChainsFull => ProblemCode.ChainsFull,
        RefusalCode.Stopping => ProblemCode.Stopping,
        RefusalCode.ChainStopped => ProblemCode.ChainStopped,
        RefusalCode.LedgerUnavailable => ProblemCode.LedgerUnavailable,
        RefusalCode.EnclaveUnavailable => ProblemCode.EnclaveUnavailable,
        RefusalCode.OutcomeUnknown => ProblemCode.OutcomeUnknown,
        RefusalCode.WitnessesUnavailable => ProblemCode.WitnessesUnavailable,
        RefusalCode.WitnessTimeout => ProblemCode.WitnessTimeout,
        RefusalCode.IdempotencyMismatch => ProblemCode.IdempotencyMismatch,
        RefusalCode.DuplicateEntry => ProblemCode.DuplicateEntry,
        _ => throw new UnreachableException($"The refusal {code} has no problem code."),
    };
}
