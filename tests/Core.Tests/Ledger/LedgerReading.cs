namespace Sequencer.Core.Tests.Ledger;

/// <summary>Reads as a test likes to have it.</summary>
internal static class LedgerReading
{
    /// <summary>A part of a full tile; null when there is no such tile.</summary>
    public static byte[]? ReadTilePart(this ILedger ledger, ChainNumber chain, int level, ulong index, int part)
    {
        var nodes = new byte[TilePart.SizeBytes];
        return ledger.TryReadTilePart(chain, level, index, part, nodes) ? nodes : null;
    }
}
