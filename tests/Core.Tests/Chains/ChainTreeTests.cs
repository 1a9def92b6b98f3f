using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using Sequencer.Core.Tests.Ledger;
using Sequencer.Tlog;
using Hash = Sequencer.Tlog.Hash;

namespace Sequencer.Core.Tests.Chains;

/// <summary>The tree of tiles against the compact range, which knows nothing of tiles.</summary>
public sealed class ChainTreeTests
{
    private static readonly ChainNumber Number = new(1);
    private static readonly int[] Boundaries = [1, 2, 3, 254, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537];

    [Fact]
    public async Task Append_AtEveryBoundary_HasTheRootAndTheProofsOfTheCompactRange()
    {
        var log = new Log();
        foreach (var size in Boundaries)
        {
            await log.GrowAsync(size - log.Count, wantNodes: size % 2 == 0, persist: true);
            log.RequireAll();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    public async Task Load_AtAnySize_GoesOnAsTheTreeThatWasNeverClosed(int size)
    {
        var log = new Log();
        await log.GrowAsync(size, wantNodes: true, persist: true);
        log.Reload();
        log.RequireAll();
        await log.GrowAsync(300, wantNodes: true, persist: true);
        log.RequireAll();
    }

    /// <summary>Any sizes of appends, with the enclave's nodes or without, written or not yet, loaded again at
    /// any point: always the compact range's roots.</summary>
    [Fact]
    public async Task Append_AnySteps_AgreesWithTheCompactRange() =>
        await Gen.Select(Gen.Int[1, 700], Gen.Bool, Gen.Bool, Gen.Bool).List[1, 12].SampleAsync(async steps =>
        {
            var log = new Log();
            foreach (var (count, wantNodes, persist, reload) in steps)
            {
                await log.GrowAsync(count, wantNodes, persist);
                if (persist && reload)
                    log.Reload();
            }

            log.RequireAll();
        }, iter: 60, threads: 1);

    [Fact]
    public async Task Load_WithAMissingTile_IsCorruptAndSaysWhich()
    {
        var log = new Log();
        await log.GrowAsync(70_000, wantNodes: true, persist: false);
        var load = () => ChainTree.Load(log.Ledger, Number, 70_000);
        load.Should().Throw<LedgerException>().Which.Reason.Should().Be(LedgerError.Corrupt);
    }

    [Fact]
    public void Load_WithMissingEntries_IsCorruptAndSaysWhich()
    {
        var load = () => ChainTree.Load(new MemoryLedger(), Number, 10);
        load.Should().Throw<LedgerException>().WithMessage("*Entries 0 to 9*");
    }

    private static ReadOnlyMemory<byte> Entry(int index)
    {
        var entry = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(entry, index);
        return entry;
    }

    /// <summary>A ledger, the tree over it, and what it should be.</summary>
    private sealed class Log
    {
        private readonly CompactRange _range = new();
        private readonly Dictionary<ulong, Hash> _roots = [];
        private readonly List<Hash> _leaves = [];
        private ChainTree _tree;

        public Log() => _tree = ChainTree.Load(Ledger, Number, 0);

        public MemoryLedger Ledger { get; } = new();

        public int Count => _leaves.Count;

        public async Task GrowAsync(int count, bool wantNodes, bool persist)
        {
            var entries = Enumerable.Range(Count, count).Select(Entry).ToList();
            var nodes = new List<Hash>();
            var leaves = entries.Select(entry => MerkleHash.Leaf(entry.Span)).ToArray();
            var batch = new LedgerBatch();
            batch.AddEntries(Number, (ulong)Count, entries);
            await Ledger.WriteAsync(batch, sync: true);
            foreach (var leaf in leaves)
            {
                _range.Append(leaf, nodes);
                if (Boundaries.Contains((int)_range.Size) || _range.Size % 97 == 0)
                    _roots[_range.Size] = _range.Root();
            }

            _roots[_range.Size] = _range.Root();
            _leaves.AddRange(leaves);
            _tree.Append(leaves, wantNodes ? CollectionsMarshal.AsSpan(nodes) : default);
            if (persist)
                await PersistAsync();
        }

        public void Reload() => _tree = ChainTree.Load(Ledger, Number, (ulong)Count);

        public void RequireAll()
        {
            _tree.Size.Should().Be((ulong)Count);
            foreach (var (size, root) in _roots)
            {
                _tree.Root(size).Should().Be(root);
                CompactRange.TryCreate(size, _tree.CompactRange(size))!.Root().Should().Be(root);
            }

            for (var index = 0; index < Count; index += 1 + Count / 50)
                RequireProof((ulong)index);
            RequireProof((ulong)Count - 1);
            RequireTiles();
        }

        private async Task PersistAsync()
        {
            var batch = new LedgerBatch();
            batch.Tiles.AddRange(_tree.TakeCompleted());
            await Ledger.WriteAsync(batch, sync: false);
            batch.Tiles.ForEach(_tree.Written);
        }

        private void RequireProof(ulong index)
        {
            var size = (ulong)Count;
            var output = new ArrayBufferWriter<byte>();
            TlogProof.Write(output, index, _tree.Prove(index, size), "note"u8);
            var proof = TlogProof.Parse(Encoding.UTF8.GetString(output.WrittenSpan));
            InclusionProof.Verify(
                index, size, _leaves[(int)index], proof.Hashes.ToArray(), _roots[size]);
        }

        private void RequireTiles()
        {
            for (var level = 0; Count >> (Tile.Height * level) > 0; level++)
            {
                var hashes = Count >> (Tile.Height * level);
                for (var tile = 0; tile * Tile.Width < hashes; tile += 1 + hashes / Tile.Width / 5)
                {
                    var width = Math.Min(Tile.Width, hashes - tile * Tile.Width);
                    var served = _tree.ReadTile(new TileId(level, (ulong)tile, width))!;
                    var expected = Enumerable.Range(tile * Tile.Width, width).Select(i => Top(level, i)).ToArray();
                    served.AsSpan().SequenceEqual(MemoryMarshal.AsBytes(expected.AsSpan())).Should().BeTrue();
                }
            }
        }

        private Hash Top(int level, int index)
        {
            var range = new CompactRange();
            var width = 1 << (Tile.Height * level);
            foreach (var leaf in _leaves.GetRange(index * width, width))
                range.Append(leaf);
            return range.Root();
        }
    }
}
