using System.Text;
using Sequencer.Core.Tests.Ledger;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Chains;

public sealed class ChainLoaderTests
{
    private static readonly ChainNumber Number = new(1);

    /// <summary>
    /// An entry whose checkpoint a crash took, and which the enclave still tells of, has the time of that
    /// checkpoint and not that of the tail that is signed behind it.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Load_ACheckpointWasLostAndATailIsSigned_EachEntryKeepsTheTimeThatFirstCoveredIt(int known)
    {
        await using var ledger = new MemoryLedger();
        var chain = await LoadAsync(ledger, entries: known + 2, Checkpoint(known, time: 100));

        // What the enclave had signed before, and what it signs now.
        chain.Publish(Signed(known + 1, time: 200));
        chain.Publish(Signed(known + 2, time: 300));

        chain.CreatedAt((ulong)known, ledger).Should().Be(200);
        chain.CreatedAt((ulong)known + 1, ledger).Should().Be(300);
    }

    [Fact]
    public async Task Load_ASizeWasSignedAgain_ItsEntriesKeepTheirFirstTime()
    {
        await using var ledger = new MemoryLedger();
        var chain = await LoadAsync(ledger, entries: 2, Checkpoint(2, time: 100), Checkpoint(2, time: 150));

        chain.Publish(Signed(2, time: 200));
        chain.Publish(Signed(3, time: 300));

        chain.CreatedAt(1, ledger).Should().Be(100);
        chain.CreatedAt(2, ledger).Should().Be(300);
    }

    private static byte[] Entry(int i) => Encoding.UTF8.GetBytes($"entry {i}");

    private static Hash Root(int size)
    {
        var range = new CompactRange();
        for (var i = 0; i < size; i++)
            range.Append(MerkleHash.Leaf(Entry(i)));
        return range.Root();
    }

    private static SignedCheckpoint Signed(int size, ulong time) =>
        new((ulong)size, Root(size), time, new byte[64], Epoch: 1, "note"u8.ToArray());

    private static CheckpointRecord Checkpoint(int size, ulong time) => Signed(size, time).ToRecord(Number);

    private static async Task<Chain> LoadAsync(
        MemoryLedger ledger, int entries, params CheckpointRecord[] checkpoints)
    {
        var batch = new LedgerBatch();
        batch.AddEntries(Number, 0, [.. Enumerable.Range(0, entries).Select(i => new ReadOnlyMemory<byte>(Entry(i)))]);
        batch.Checkpoints.AddRange(checkpoints);
        await ledger.WriteAsync(batch, sync: true);
        var id = CoreFixture.Chain();
        var chain = new Chain(id, $"test/{id}", new ChainLimits(), TimeProvider.System)
        {
            Record = new ChainRecord(id, Number, Unique: false),
        };
        ChainLoader.Load(chain, ledger);
        return chain;
    }
}
