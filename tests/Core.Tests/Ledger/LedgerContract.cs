using System.Security.Cryptography;
using System.Text;
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
        Ledger.Log.Should().BeNull();
        Ledger.Chains().Should().BeEmpty();
        Ledger.FindChain(Id("demo")).Should().BeNull();
        Ledger.EntryCount(One).Should().Be(0);
        Ledger.ReadData(One, 0).Should().BeNull();
        Ledger.ReadEntries(One, 0, 10).Should().BeEmpty();
        Ledger.LatestCheckpoint(One).Should().BeNull();
        Ledger.WitnessedCheckpoint(One).Should().BeNull();
        Ledger.LastProposal(One).Should().BeNull();
        Ledger.TimeOfEntry(One, 0).Should().BeNull();
        Ledger.ReadTile(One, 0, 0).Should().BeNull();
        Ledger.ReadTilePart(new TilePartId(One, 0, 0, 0)).Should().BeNull();
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
        batch.Log = new LogRecord("log.example", Enumerable.Repeat((byte)7, 32).ToArray());
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
            Ledger.Log!.Prefix.Should().Be("log.example");
            Ledger.Log.PublicKey.ToArray().Should().Equal(batch.Log.PublicKey.ToArray());
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
            foreach (var part in new[] { 0, 3, 15, TilePart.Crown })
            {
                var id = new TilePartId(One, 1, 5, part);
                Ledger.ReadTilePart(id)!.Root.Should()
                    .Be(new TilePart(id, TileNodes.PartOf(Tile("tile"), part)).Root);
                Ledger.ReadTilePart(new TilePartId(One, 1, 4, part)).Should().BeNull();
            }

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

    protected static EntriesRecord Entries(ChainNumber chain, ulong first, params string[] entries)
    {
        var batch = new LedgerBatch();
        batch.AddEntries(
            chain, first, [.. entries.Select(entry => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(entry)))]);
        return batch.Entries[0];
    }

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
        batch.AddEntries(chain, first, entries.ConvertAll(entry => new ReadOnlyMemory<byte>(entry)));
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
        for (var at = 0; at < nodes.Length; at += Hash.SizeBytes)
            SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {at}")).CopyTo(nodes, at);
        return nodes;
    }

    private static IEnumerable<string> Texts(IEnumerable<ReadOnlyMemory<byte>> entries) =>
        entries.Select(entry => Encoding.UTF8.GetString(entry.Span));

    private Task WriteAsync(KeyRecord key)
    {
        var batch = new LedgerBatch();
        batch.Keys.Add(key);
        return Ledger.WriteAsync(batch, sync: true).AsTask();
    }
}
