using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Sequencer.Tlog;
using Hash = Sequencer.Tlog.Hash;

namespace Sequencer.Core.Tests.Ledger;

/// <summary>What every ledger promises; each implementation runs all of it.</summary>
public abstract partial class LedgerContract : IAsyncLifetime
{
    protected static readonly ChainNumber One = new(1);
    protected static readonly ChainNumber Two = new(2);

    protected ILedger Ledger { get; private set; } = null!;

    protected abstract ILedgerSource Source { get; }

    public virtual async Task InitializeAsync() => Ledger = await Source.OpenAsync(CancellationToken.None);

    public virtual async Task DisposeAsync() => await Ledger.DisposeAsync();

    [Fact]
    public void New_HasNothing()
    {
        Ledger.Generation.Should().Be(0);
        Ledger.Fence.Should().BeNull();
        Ledger.Chains().Should().BeEmpty();
        Ledger.FindChain(Id("demo")).Should().BeNull();
        Ledger.EntryCount(One).Should().Be(0);
        Ledger.ReadEntry(One, 0).Should().BeNull();
        Ledger.ReadEntries(One, 0, 10).Should().BeEmpty();
        Ledger.LatestCheckpoint(One).Should().BeNull();
        Ledger.WitnessedCheckpoint(One).Should().BeNull();
        Ledger.LastProposal(One).Should().BeNull();
        Ledger.TimeOfEntry(One, 0).Should().BeNull();
        Ledger.ReadTile(One, 0, 0).Should().BeNull();
        Ledger.ReadTilePart(One, 0, 0, 0).Should().BeNull();
        Ledger.FindKey(One, Digest("key")).Should().BeNull();
        Ledger.FindLeaf(One, Digest("leaf")).Should().BeNull();
        Ledger.Epochs().Should().BeEmpty();
        Ledger.FindEpoch(1).Should().BeNull();
        Ledger.ChainEpochs(One).Should().BeEmpty();
    }

    [Fact]
    public async Task Write_EveryKindOfRecord_IsReadAtOnceAndAfterReopening()
    {
        var batch = new LedgerBatch { Generation = 7, Fence = "generation 8 took over" };
        batch.Chains.Add(new ChainRecord(Id("demo"), One, Unique: false));
        batch.Chains.Add(new ChainRecord(Id("a.b-c_9"), Two, Unique: true));
        batch.Entries.Add(Entries(One, 0, "first", "", "third"));
        batch.Keys.Add(new KeyRecord(One, Digest("key"), 1, 2, Digest("content"), 1_000));
        batch.Leaves.Add(new LeafRecord(Two, Digest("leaf"), 42));
        batch.Checkpoints.Add(Checkpoint(One, size: 3, time: 500, epoch: 2));
        batch.Witnessed.Add(Checkpoint(One, size: 2, time: 499, epoch: 1));
        batch.Proposals.Add(new ProposalRecord(One, 4, Digest("proposal"), new byte[64], Epoch: 2));
        batch.Tiles.Add(new TileRecord(One, 1, 5, Tile("tile")));
        batch.Epochs.Add(new EpochRecord(1, "cosigner+1", new byte[] { 1, 2, 3 }));
        batch.Epochs.Add(new EpochRecord(2, "cosigner+2", new byte[] { 4 }));
        batch.ChainEpochs.Add(new ChainEpochRecord(One, 0, 1, Handover: null));
        batch.ChainEpochs.Add(new ChainEpochRecord(One, 3, 2, "handover\n"));
        await Ledger.WriteAsync(batch, sync: true);

        RequireWritten();
        await ReopenAsync();
        RequireWritten();

        void RequireWritten()
        {
            Ledger.Generation.Should().Be(7);
            Ledger.Fence.Should().Be("generation 8 took over");
            Ledger.Chains().Should().BeEquivalentTo(batch.Chains);
            Ledger.FindChain(Id("a.b-c_9")).Should().Be(batch.Chains[1]);
            Texts(Ledger.ReadEntries(One, 0, 10)).Should().Equal("first", "", "third");
            Ledger.FindKey(One, Digest("key")).Should().Be(batch.Keys[0]);
            Ledger.FindKey(Two, Digest("key")).Should().BeNull();
            Ledger.FindLeaf(Two, Digest("leaf")).Should().Be(42);
            Ledger.FindLeaf(One, Digest("leaf")).Should().BeNull();
            Show(Ledger.LatestCheckpoint(One)!).Should().Be(Show(batch.Checkpoints[0]));
            Show(Ledger.WitnessedCheckpoint(One)!).Should().Be(Show(batch.Witnessed[0]));
            Ledger.WitnessedCheckpoint(Two).Should().BeNull();
            var proposal = Ledger.LastProposal(One)!;
            proposal.Signature.ToArray().Should().Equal(new byte[64]);
            (proposal with { Signature = batch.Proposals[0].Signature }).Should().Be(batch.Proposals[0]);
            Ledger.LastProposal(Two).Should().BeNull();
            Ledger.TimeOfEntry(One, 2).Should().Be(500);
            Ledger.ReadTile(One, 1, 5).Should().Equal(Tile("tile")[..TileNodes.HashesBytes]);
            Ledger.ReadTile(One, 0, 5).Should().BeNull();
            Ledger.ReadTilePart(One, 1, 5, 3).Should().Equal(Part("tile", 3));
            Ledger.ReadTilePart(One, 1, 4, 3).Should().BeNull();
            Ledger.Epochs().Select(Show).Should().Equal(batch.Epochs.Select(Show));
            Show(Ledger.FindEpoch(2)!).Should().Be(Show(batch.Epochs[1]));
            Ledger.ChainEpochs(One).Should().Equal(batch.ChainEpochs);
        }
    }

    [Fact]
    public async Task Fence_NullLeavesItAndEmptyLiftsIt()
    {
        await Ledger.WriteAsync(new LedgerBatch { Fence = "why" }, sync: true);
        await Ledger.WriteAsync(new LedgerBatch { Generation = 2 }, sync: true);
        Ledger.Fence.Should().Be("why");
        await Ledger.WriteAsync(new LedgerBatch { Fence = "" }, sync: true);
        Ledger.Fence.Should().BeNull();
        Ledger.Generation.Should().Be(2);
    }

    /// <summary>Any sizes of entries in any batches over a few chains: read singly, in ranges and past the
    /// end, before and after reopening, they are what was written.</summary>
    [Fact]
    public async Task Entries_AnySizesInAnyBatches_AreReadAsTheyWereWritten()
    {
        var length = Gen.OneOf(Gen.Int[0, 40], Gen.Int[0, 700], Gen.Int[16_380, 16_386], Gen.Const(65_535));
        var batches = Gen.Select(Gen.UInt[1, 3], length.List[1, 150]).List[1, 8];
        await Gen.Select(batches, Gen.UInt).SampleAsync(async sample =>
        {
            var (writes, seed) = sample;
            // Chains of their own for each sample; 0x65 is the letter of the entries' own keys.
            var chains = new[] { new ChainNumber(seed), new ChainNumber(seed + 1), new ChainNumber(seed ^ 0x65) };
            var model = chains.Distinct().ToDictionary(chain => chain, AlreadyThere);
            foreach (var (pick, lengths) in writes)
            {
                var chain = chains[(int)pick - 1];
                var entries = lengths.Select((size, i) => Bytes(size, (uint)model[chain].Count + (uint)i)).ToList();
                var batch = new LedgerBatch();
                batch.Entries.Add(new EntriesRecord(
                    chain, (ulong)model[chain].Count, entries.ConvertAll(entry => new ReadOnlyMemory<byte>(entry))));
                model[chain].AddRange(entries);
                await Ledger.WriteAsync(batch, sync: false);
            }

            foreach (var (chain, entries) in model)
                RequireEntries(chain, entries);
        }, iter: 25, threads: 1);

        List<byte[]> AlreadyThere(ChainNumber chain) =>
            [.. Ledger.ReadEntries(chain, 0, ulong.MaxValue).Select(entry => entry.ToArray())];
    }

    [Fact]
    public async Task Entries_AroundTheChunkSizes_AreReadSinglyAndInRangesAfterReopening()
    {
        List<byte[]> model = [];
        foreach (var count in new[] { 1, 15, 16, 17, 31, 1, 1, 33, 64, 255, 256 })
        {
            var entries = Enumerable.Range(0, count).Select(i => Bytes(i % 40, (uint)(model.Count + i))).ToList();
            await AppendAsync(One, (ulong)model.Count, entries);
            model.AddRange(entries);
        }

        RequireEntries(One, model);
        await ReopenAsync();
        RequireEntries(One, model);
        await AppendAsync(One, (ulong)model.Count, [[1]]);
        Ledger.EntryCount(One).Should().Be((ulong)model.Count + 1);
    }

    [Fact]
    public async Task Entries_OfNeighbouringChains_DoNotMix()
    {
        var numbers = new uint[] { 1, 2, 255, 256, 257, 65_535, 65_536, uint.MaxValue };
        foreach (var number in numbers)
            await AppendAsync(new ChainNumber(number), 0, [BitConverter.GetBytes(number)]);
        foreach (var number in numbers)
        {
            Ledger.EntryCount(new ChainNumber(number)).Should().Be(1);
            Ledger.ReadEntry(new ChainNumber(number), 0).Should().Equal(BitConverter.GetBytes(number));
            Ledger.ReadEntries(new ChainNumber(number), 0, ulong.MaxValue).Should().ContainSingle();
        }

        Ledger.EntryCount(new ChainNumber(3)).Should().Be(0);
        Ledger.ReadEntry(new ChainNumber(254), 0).Should().BeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Entries_ThatOverwriteOrLeaveAGap_AreRefusedWithTheirWholeBatch(ulong firstIndex)
    {
        await AppendAsync(One, 0, [[1], [2]]);

        var batch = new LedgerBatch { Generation = 9 };
        batch.Entries.Add(Entries(Two, 0, "of another chain"));
        batch.Entries.Add(Entries(One, firstIndex, "out of order"));
        var writing = async () => await Ledger.WriteAsync(batch, sync: true);

        (await writing.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.OutOfOrder);
        await ReopenAsync();
        Ledger.Generation.Should().Be(0);
        Ledger.EntryCount(Two).Should().Be(0);
        Ledger.EntryCount(One).Should().Be(2);
        await AppendAsync(One, 2, [[3]]);
        Ledger.ReadEntry(One, 2).Should().Equal(3);
    }

    [Fact]
    public async Task Entries_OneChainTwiceInABatch_GoOnWhereTheFirstEnds()
    {
        var batch = new LedgerBatch();
        batch.Entries.Add(Entries(One, 0, "a", "b"));
        batch.Entries.Add(Entries(One, 2, "c"));
        await Ledger.WriteAsync(batch, sync: true);
        Texts(Ledger.ReadEntries(One, 1, 2)).Should().Equal("b", "c");
    }

    [Fact]
    public async Task TimeOfEntry_IsTheTimeOfTheNextCosignedSize()
    {
        foreach (var (size, time) in new (ulong, ulong)[] { (0, 90), (3, 100), (5, 100), (10, 200) })
            await WriteAsync(Checkpoint(One, size, time, epoch: 1));
        await WriteAsync(Checkpoint(Two, 1, 999, epoch: 1));

        RequireTimes(One, 100, 100, 100, 100, 100, 200, 200, 200, 200, 200, null);
        await WriteAsync(Checkpoint(One, 11, 200, epoch: 1), Checkpoint(One, 12, 300, epoch: 1));
        RequireTimes(One, 100, 100, 100, 100, 100, 200, 200, 200, 200, 200, 200, 300, null);
        await ReopenAsync();
        RequireTimes(One, 100, 100, 100, 100, 100, 200, 200, 200, 200, 200, 200, 300, null);
        RequireTimes(Two, 999, null);
        Ledger.LatestCheckpoint(One)!.Size.Should().Be(12);
    }

    /// <summary>Any checkpoints, several in a write, the ledger opened anew in between and entries asked for at
    /// any time: each keeps the time that first covered it.</summary>
    [Fact]
    public async Task TimeOfEntry_OfAnyCheckpoints_IsTheFirstThatCoveredIt()
    {
        var step = Gen.Select(Gen.UInt[0, 4], Gen.UInt[0, 2], Gen.UInt[1, 2], Gen.Int[0, 9]);
        var samples = 0u;
        await step.List[1, 40].SampleAsync(async steps =>
        {
            samples++;
            var chains = new[] { new ChainNumber(2 * samples), new ChainNumber(2 * samples + 1) };
            var model = chains.ToDictionary(chain => chain, _ => new List<ulong?>());
            var time = 1_000UL;
            var batch = new LedgerBatch();
            foreach (var (entries, seconds, pick, then) in steps)
            {
                var chain = chains[pick - 1];
                time += seconds;
                model[chain].AddRange(Enumerable.Repeat<ulong?>(time, (int)entries));
                batch.Checkpoints.Add(Checkpoint(chain, (ulong)model[chain].Count, time, epoch: 1));
                if (then < 5)
                    continue;
                await Ledger.WriteAsync(batch, sync: false);
                batch = new LedgerBatch();
                RequireTimes(chain, [.. model[chain], null]);
                if (then == 9)
                    await ReopenAsync();
            }

            await Ledger.WriteAsync(batch, sync: false);
            foreach (var chain in chains)
                RequireTimes(chain, [.. model[chain], null]);
        }, iter: 50, threads: 1);
    }

    [Fact]
    public async Task Checkpoint_OfASizeAgain_IsTheLatestButTheFirstTimeStays()
    {
        await WriteAsync(Checkpoint(One, 3, time: 100, epoch: 1));
        await WriteAsync(Checkpoint(One, 3, time: 150, epoch: 2));
        // The second pair within one batch: an epoch's last checkpoint and the one that the next begins with.
        await WriteAsync(Checkpoint(One, 5, time: 200, epoch: 2), Checkpoint(One, 5, time: 250, epoch: 3));

        RequireTimes(One, 100, 100, 100, 200, 200, null);
        Ledger.LatestCheckpoint(One)!.Epoch.Should().Be(3);
        // Also when the ledger's last checkpoint is one that brought no entries and a later time.
        await ReopenAsync();
        await WriteAsync(Checkpoint(One, 6, time: 250, epoch: 3));
        RequireTimes(One, 100, 100, 100, 200, 200, 250, null);
    }

    [Fact]
    public async Task Epochs_AreInTheOrderOfTheirNumbers()
    {
        foreach (var number in Enumerable.Range(1, 300))
        {
            var batch = new LedgerBatch();
            batch.Epochs.Add(new EpochRecord((uint)number, $"key {number}", new byte[] { 1 }));
            batch.ChainEpochs.Add(new ChainEpochRecord(One, (ulong)number / 3, (uint)number, null));
            await Ledger.WriteAsync(batch, sync: false);
        }

        Ledger.Epochs().Select(epoch => epoch.Number).Should().Equal(Enumerable.Range(1, 300).Select(i => (uint)i));
        Ledger.ChainEpochs(One).Select(epoch => epoch.Epoch).Should().BeInAscendingOrder().And.HaveCount(300);
    }

    [Fact]
    public async Task Write_ManyAtOnce_TakeEffectInTheirOrderEachWhole()
    {
        var writes = new List<Task>();
        for (ulong i = 0; i < 500; i++)
        {
            var batch = new LedgerBatch { Generation = i + 1 };
            batch.Entries.Add(Entries(One, i, $"one {i}"));
            batch.Entries.Add(Entries(Two, i, $"two {i}"));
            writes.Add(Ledger.WriteAsync(batch, sync: i % 7 == 0).AsTask());
        }

        await Task.WhenAll(writes);

        Ledger.Generation.Should().Be(500);
        Texts(Ledger.ReadEntries(One, 0, 1_000)).Should().Equal(Enumerable.Range(0, 500).Select(i => $"one {i}"));
        Texts(Ledger.ReadEntries(Two, 0, 1_000)).Should().Equal(Enumerable.Range(0, 500).Select(i => $"two {i}"));
    }

    protected static ChainId Id(string text) =>
        ChainId.TryParse(text, out var id) ? id : throw new ArgumentException(text);

    protected static Hash Digest(string text) => Hash.Read(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    protected static EntriesRecord Entries(ChainNumber chain, ulong first, params string[] entries) => new(
        chain, first, [.. entries.Select(entry => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(entry)))]);

    protected static CheckpointRecord Checkpoint(ChainNumber chain, ulong size, ulong time, uint epoch) => new(
        chain, size, Digest($"root {size}"), time, new byte[64], epoch, Encoding.UTF8.GetBytes($"note {size}"));

    protected async Task ReopenAsync()
    {
        await Ledger.DisposeAsync();
        Ledger = await Source.OpenAsync(CancellationToken.None);
    }

    protected async Task AppendAsync(ChainNumber chain, ulong first, List<byte[]> entries)
    {
        var batch = new LedgerBatch();
        batch.Entries.Add(new EntriesRecord(
            chain, first, entries.ConvertAll(entry => new ReadOnlyMemory<byte>(entry))));
        await Ledger.WriteAsync(batch, sync: true);
    }

    private static string Show(CheckpointRecord record) =>
        $"{record with { Cosignature = default, Note = default }} {Hex(record.Cosignature)} {Hex(record.Note)}";

    private static string Show(EpochRecord record) => $"{record with { Document = default }} {Hex(record.Document)}";

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    private static KeyRecord Key(string key, ulong expiresAt) =>
        new(One, Digest(key), 0, 1, Digest("content"), expiresAt);

    private static byte[] Tile(string seed)
    {
        var nodes = new byte[TileNodes.SizeBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(seed)).CopyTo(nodes, 17);
        return nodes;
    }

    private static byte[] Part(string seed, int part)
    {
        var bytes = new byte[TilePart.SizeBytes];
        TilePart.Cut(Tile(seed), part, bytes);
        return bytes;
    }

    private static byte[] Bytes(int length, uint seed)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)(seed * 31 + i);
        return bytes;
    }

    private static IEnumerable<string> Texts(IEnumerable<ReadOnlyMemory<byte>> entries) =>
        entries.Select(entry => Encoding.UTF8.GetString(entry.Span));

    private void RequireEntries(ChainNumber chain, List<byte[]> model)
    {
        Ledger.EntryCount(chain).Should().Be((ulong)model.Count);
        Ledger.ReadEntry(chain, (ulong)model.Count).Should().BeNull();
        for (var i = 0; i < model.Count; i++)
            Ledger.ReadEntry(chain, (ulong)i).AsSpan().SequenceEqual(model[i]).Should().BeTrue();
        for (var first = 0; first <= model.Count; first = first * 3 / 2 + 1)
        {
            var count = Math.Min(first + 7, 100);
            var read = Ledger.ReadEntries(chain, (ulong)first, (ulong)count).Select(entry => entry.ToArray()).ToList();
            var expected = model.Skip(first).Take(count).ToList();
            read.Count.Should().Be(expected.Count);
            read.Zip(expected).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)).Should().BeTrue();
            RequireBundle(chain, first, count, expected);
        }
    }

    private void RequireTimes(ChainNumber chain, params ulong?[] times) =>
        times.Select((_, index) => Ledger.TimeOfEntry(chain, (ulong)index)).Should().Equal(times);

    private void RequireBundle(ChainNumber chain, int first, int count, List<byte[]> expected)
    {
        var (read, made) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        Ledger.WriteBundle(chain, (ulong)first, (ulong)count, read);
        foreach (var entry in expected)
            EntryBundle.Write(made, entry);
        read.WrittenSpan.SequenceEqual(made.WrittenSpan).Should().BeTrue();
    }

    private Task WriteAsync(params CheckpointRecord[] checkpoints)
    {
        var batch = new LedgerBatch();
        batch.Checkpoints.AddRange(checkpoints);
        return Ledger.WriteAsync(batch, sync: true).AsTask();
    }

    private Task WriteAsync(KeyRecord key)
    {
        var batch = new LedgerBatch();
        batch.Keys.Add(key);
        return Ledger.WriteAsync(batch, sync: true).AsTask();
    }
}
