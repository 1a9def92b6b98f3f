namespace Sequencer.Core;

/// <summary>What follows from the size that a witness says it cosigned last.</summary>
internal enum WitnessLesson
{
    /// <summary>It can be asked from that size.</summary>
    AskAgain,

    /// <summary>It has seen more than it is asked about; the others can still make the quorum.</summary>
    BeyondRound,

    /// <summary>The round gave way to one for the newest checkpoint, and every witness must be asked.</summary>
    RoundRenewed,

    /// <summary>It claims to have seen more than the ledger has: the ledger is an older copy, or it errs.</summary>
    BeyondLedger,
}
