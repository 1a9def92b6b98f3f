using CsCheck;

namespace Sequencer.Core.Tests.Ledger;

/// <summary>What is promised of the times at which entries were first covered.</summary>
public abstract partial class LedgerContract
{
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

    private void RequireTimes(ChainNumber chain, params ulong?[] times) =>
        times.Select((_, index) => Ledger.TimeOfEntry(chain, (ulong)index)).Should().Equal(times);

    private Task WriteAsync(params CheckpointRecord[] checkpoints)
    {
        var batch = new LedgerBatch();
        batch.Checkpoints.AddRange(checkpoints);
        return Ledger.WriteAsync(batch, sync: true).AsTask();
    }
}
