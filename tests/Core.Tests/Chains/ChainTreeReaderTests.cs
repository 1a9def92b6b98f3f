using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CsCheck;
using Sequencer.Core.Tests.Ledger;
using Sequencer.Tlog;
using Hash = Sequencer.Tlog.Hash;

namespace Sequencer.Core.Tests.Chains;

/// <summary>Entries are held against the tree before anybody gets them.</summary>
public sealed class ChainTreeReaderTests
{
    private const int Size = 1_000;
    private static readonly ChainNumber One = new(1);
    private static readonly Hash[] Leaves = [.. Enumerable.Range(0, Size).Select(i => MerkleHash.Leaf(Entry(i)))];
    private static readonly Hash Root = RootOf(Leaves);

    /// <summary>With what is stored beside it or without, in full tiles and in the last one.</summary>
    [Fact]
    public async Task Has_AnyEntry_ProvesItBesideOthers()
    {
        var tree = await LoadAsync(Size);
        Gen.Select(Gen.Int[0, Size - 1], Gen.Bool).List[1, 8].Sample(reads =>
        {
            var nodes = tree.OpenReader();
            foreach (var (index, isBeside) in reads)
            {
                nodes.Has((ulong)index, new StoredEntry(Entry(index), isBeside ? PartWith(index) : null)).Should()
                    .BeTrue();
                InclusionProof.Verify(
                    (ulong)index, Size, Leaves[index], InclusionProof.Build((ulong)index, Size, nodes), Root);
            }
        });
    }

    [Theory]
    [InlineData(37)]
    [InlineData(980)]
    public async Task Has_AnotherEntry_IsFalse(int index)
    {
        var nodes = (await LoadAsync(Size)).OpenReader();

        nodes.Has((ulong)index, new StoredEntry(Entry(index + 1), Part: null)).Should().BeFalse();
        nodes.Has((ulong)index, new StoredEntry(Entry(index + 1), PartWith(index))).Should().BeFalse();
    }

    /// <summary>Entry and leaf hashes may fit each other and yet be others than were signed.</summary>
    [Theory]
    [InlineData(37, 69)]
    [InlineData(980, 20)]
    public async Task Has_AnotherEntryWithItsLeafHashes_IsFalse(int index, int other)
    {
        var nodes = (await LoadAsync(Size)).OpenReader();

        nodes.Has((ulong)index, new StoredEntry(Entry(other), PartWith(other))).Should().BeFalse();
    }

    /// <summary>A checkpoint may end within what was written together, when it was signed in pieces.</summary>
    [Theory]
    [InlineData(990, 985)]
    [InlineData(40, 38)]
    public async Task Has_WhereTheTreeEndsAmongTheEntriesBeside_ReadsTheTree(int size, int index)
    {
        var nodes = (await LoadAsync(size)).OpenReader();

        nodes.Has((ulong)index, new StoredEntry(Entry(index), PartWith(index))).Should().BeTrue();
        InclusionProof.Verify(
            (ulong)index, (ulong)size, Leaves[index], InclusionProof.Build((ulong)index, (ulong)size, nodes),
            RootOf(Leaves.AsSpan(0, size)));
    }

    private static byte[] Entry(int index)
    {
        var entry = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(entry, index);
        return entry;
    }

    /// <summary>What a ledger has beside an entry, if all 16 are there.</summary>
    private static TilePart? PartWith(int index)
    {
        var first = index / TilePart.Width * TilePart.Width;
        if (first + TilePart.Width > Size)
            return null;
        var beside = MemoryMarshal.AsBytes(Leaves.AsSpan(first, TilePart.Width));
        return new TilePart(TilePartId.Of(One, NodePlace.Of(new NodeId(0, (ulong)index))), beside);
    }

    private static Hash RootOf(ReadOnlySpan<Hash> leaves)
    {
        var range = new CompactRange();
        foreach (var leaf in leaves)
            range.Append(leaf);
        return range.Root();
    }

    private static async Task<ChainTree> LoadAsync(int size)
    {
        var ledger = new MemoryLedger();
        var batch = new LedgerBatch();
        batch.AddEntries(One, 0, [.. Enumerable.Range(0, size).Select(i => new ReadOnlyMemory<byte>(Entry(i)))]);
        var tree = ChainTree.Load(ledger, One, 0);
        tree.Append(Leaves.AsSpan(0, size), nodes: default);
        batch.Tiles.AddRange(tree.TakeCompleted());
        await ledger.WriteAsync(batch, sync: true);
        return ChainTree.Load(ledger, One, (ulong)size);
    }
}
