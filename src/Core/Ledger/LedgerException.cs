namespace Sequencer.Core;

/// <summary>What is wrong with a ledger.</summary>
public enum LedgerError
{
    /// <summary>Its folder does not exist.</summary>
    Missing,

    /// <summary>Its folder holds no ledger.</summary>
    Empty,

    /// <summary>It carries another id than the configuration.</summary>
    Foreign,

    /// <summary>Another process holds it.</summary>
    Locked,

    /// <summary>Its contents are damaged, or written by a newer version.</summary>
    Corrupt,

    /// <summary>A write failed; whether it took effect is unknown.</summary>
    WriteFailed,

    /// <summary>Its storage does not answer (a full or failing disk, missing rights), or it was closed.</summary>
    Unavailable,

    /// <summary>Entries would overwrite others or leave a gap; nothing was written.</summary>
    OutOfOrder,
}

/// <summary>A ledger cannot be opened, read or written.</summary>
public sealed class LedgerException(LedgerError reason, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public LedgerError Reason { get; } = reason;

    internal static LedgerException OutOfOrder(EntriesRecord record, ulong count) => new(
        LedgerError.OutOfOrder,
        $"Entries from {record.FirstIndex} were to be written to chain number {record.Chain.Value}, which has "
        + $"{count}: nothing was written.");
}
