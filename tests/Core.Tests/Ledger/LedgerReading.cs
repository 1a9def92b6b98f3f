using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Ledger;

/// <summary>Reads and writes as a test likes to have it.</summary>
internal static class LedgerReading
{
    /// <summary>One entry's bytes; null past the end.</summary>
    public static byte[]? ReadData(this ILedger ledger, ChainNumber chain, ulong index) =>
        ledger.ReadEntry(chain, index)?.Data;

    /// <summary>Adds entries, with the leaf hashes that they have.</summary>
    public static void AddEntries(
        this LedgerBatch batch, ChainNumber chain, ulong first, IReadOnlyList<ReadOnlyMemory<byte>> entries) =>
        batch.Entries.Add(new EntriesRecord(
            chain, first, entries, entries.Select(entry => MerkleHash.Leaf(entry.Span)).ToArray()));
}
