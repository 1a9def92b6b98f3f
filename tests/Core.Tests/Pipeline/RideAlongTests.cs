using Microsoft.Extensions.Logging.Abstractions;
using Sequencer.Core.Tests.Witnesses;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Pipeline;

public sealed class RideAlongTests
{
    /// <summary>
    /// A checkpoint that another chain's write takes along may not be durable yet when the coordinator looks.
    /// Nobody tells it later: without waiting for that write, the chain would wait for its witnesses until
    /// its next entry.
    /// </summary>
    [Fact]
    public async Task Sync_WhileAnotherWriteHasTheCheckpoint_WaitsForIt()
    {
        await using var world = new WitnessFixture();
        var ledger = new GatedLedger();
        var rideAlong = new RideAlong(ledger, new WitnessCoordinator(
            world.Network(), CoreFixture.Options(), TimeProvider.System, NullLogger.Instance, new CoreMetrics()));
        var chain = MakeChain(ledger, world.Policy);

        rideAlong.Add(chain);
        var committing = rideAlong.WriteAsync(BatchOf(chain, "of another round"), sync: true);
        var syncing = rideAlong.SyncAsync();

        syncing.IsCompleted.Should().BeFalse("what it promises is still under way");
        ledger.Open();
        await syncing;
        chain.Witnessing!.TryBegin(now: 0).Should().BeTrue("the witnesses may be shown it now");
        await committing;
    }

    private static Chain MakeChain(ILedger ledger, TlogPolicy policy)
    {
        var id = CoreFixture.Chain();
        var origin = Origin.For(EnclaveFixture.LogPrefix, id);
        var number = new ChainNumber(1);
        return new Chain(id, origin, new ChainLimits(), TimeProvider.System)
        {
            Witnessing = new ChainWitnessing(origin, policy),
            Record = new ChainRecord(id, number, Unique: false),
            Tree = ChainTree.Load(ledger, number, 0),
            Latest = new SignedCheckpoint(1, default, Time: 1, new byte[64], Epoch: 1, "note"u8.ToArray()),
        };
    }

    private static LedgerBatch BatchOf(Chain chain, string text)
    {
        var entry = System.Text.Encoding.UTF8.GetBytes(text);
        var batch = new LedgerBatch();
        batch.Entries.Add(new EntriesRecord(chain.Record!.Number, 0, [entry], new[] { MerkleHash.Leaf(entry) }));
        return batch;
    }
}
