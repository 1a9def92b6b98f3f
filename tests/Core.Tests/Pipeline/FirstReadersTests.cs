using System.Text;
using Sequencer.Core.Tests.Witnesses;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Pipeline;

/// <summary>Those who read a chain first after a start, before it has been loaded.</summary>
public sealed class FirstReadersTests
{
    /// <summary>
    /// Of readers that come at once right after a restart, none is told that there is no such entry.
    /// </summary>
    [Fact]
    public async Task ReadEntry_WhileAnotherReaderClaimsTheOpening_FindsIt()
    {
        var ledger = new MemoryLedger();
        await using var enclave = new EnclaveFixture();
        await using (var before = await CoreFixture.StartAsync(new MemoryLedgerSource(ledger), enclave))
            await before.SequenceAsync("here");
        await using var after = await CoreFixture.StartAsync(new MemoryLedgerSource(ledger), enclave);
        ValueTask<EntryReading?> Read() => after.Core.ReadEntryAsync(CoreFixture.Chain(), 0, CancellationToken.None);

        Task<EntryReading?>? second = null;
        var intruder = new Thread(() => second = Read().AsTask());
        var first = InContext(new Interposed(intruder), () => Read().AsTask());

        (await first).Should().NotBeNull();
        intruder.Join();
        (await second!).Should().NotBeNull();
    }

    [Fact]
    public async Task ReadEntry_TheChainCannotBeLoaded_IsNotTakenForNoEntry()
    {
        var ledger = new GatedLedger();
        ledger.Open();
        await using var enclave = new EnclaveFixture();
        await using (var before = await CoreFixture.StartAsync(ledger, enclave))
            await before.SequenceAsync("here");
        await using var after = await CoreFixture.StartAsync(ledger, enclave);
        ledger.NextFailure = new LedgerException(LedgerError.Unavailable, "The disk does not answer.");

        var reading = () => after.Core.ReadEntryAsync(CoreFixture.Chain(), 0, CancellationToken.None).AsTask();

        (await reading.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.Unavailable);
        Encoding.UTF8.GetString((await UntilOpenAsync(reading)).Data.Span).Should().Be("here");
    }

    /// <summary>Checkpoints ride with later writes: after a crash the ledger may have entries that no checkpoint in it
    /// covers, while their callers have their receipts.</summary>
    [Fact]
    public async Task ReadEntry_AfterACrashBeforeTheEnclaveIsBack_IsNotTakenForNoEntry()
    {
        var ledger = new MemoryLedger();
        await using var enclave = new EnclaveFixture();
        await using (var before = await CoreFixture.StartAsync(new MemoryLedgerSource(ledger), enclave))
            await before.SequenceAsync("here");
        var entry = "receipted"u8.ToArray();
        var batch = new LedgerBatch();
        batch.Entries.Add(new EntriesRecord(new ChainNumber(1), 1, [entry], new[] { MerkleHash.Leaf(entry) }));
        await ledger.WriteAsync(batch, sync: true);
        await using var after = await CoreFixture.StartAsync(new MemoryLedgerSource(ledger), enclave);
        await enclave.KillAsync();
        var reading = (ulong index) =>
            after.Core.ReadEntryAsync(CoreFixture.Chain(), index, CancellationToken.None).AsTask();

        (await reading(0)).Should().NotBeNull();
        (await reading(2)).Should().BeNull();
        var last = () => reading(1);
        (await last.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.Unavailable);
        // An older checkpoint than the one that was served would look as if entries were taken back.
        var checkpoint = () => after.Core.ReadCheckpointAsync(CoreFixture.Chain(), CancellationToken.None).AsTask();
        (await checkpoint.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.Unavailable);
    }

    /// <summary>Whoever reads first waits for witnesses as little as whoever reads later.</summary>
    [Fact]
    public async Task ReadEntry_WhileTheEnclaveWantsWitnessesFirst_DoesNotWaitForThem()
    {
        await using var world = new WitnessFixture([]);
        await using (var before = await world.StartAsync())
            await before.SequenceAsync("here");
        await world.Enclave.RebootAsync();
        await using var core = await StartAtStandstillAsync(world);

        var reading = await core.ReadEntryAsync(CoreFixture.Chain(), 0, CancellationToken.None)
            .AsTask().WaitAsync(TimeSpan.FromMinutes(1));

        Encoding.UTF8.GetString(reading!.Data.Span).Should().Be("here");
    }

    [Fact]
    public async Task ReadCheckpoint_MoreChainsWaitForWitnessesThanMayAtOnce_DoesNotWaitForThem()
    {
        await using var world = new WitnessFixture([]);
        var batch = new LedgerBatch();
        for (var i = 1U; i <= 600; i++)
            batch.Chains.Add(new ChainRecord(CoreFixture.Chain($"chain-{i}"), new ChainNumber(i), Unique: false));
        await world.Ledger.WriteAsync(batch, sync: true);
        await using var core = await StartAtStandstillAsync(world);

        foreach (var chain in batch.Chains)
        {
            (await core.ReadCheckpointAsync(chain.Id, CancellationToken.None)
                .AsTask().WaitAsync(TimeSpan.FromMinutes(1))).Should().BeNull();
        }
    }

    /// <summary>A core for which no time passes, so that no witness is ever asked.</summary>
    private static async Task<SequencerCore> StartAtStandstillAsync(WitnessFixture world)
    {
        var dependencies = CoreFixture.Dependencies(new MemoryLedgerSource(world.Ledger), world.Enclave);
        var core = await SequencerCore.StartAsync(
            CoreFixture.Options(), dependencies with { Witnesses = world.Network(), Time = new SilentClock() },
            CancellationToken.None);
        await core.WhenReadyAsync(CancellationToken.None);
        return core;
    }

    private static async Task<EntryReading> UntilOpenAsync(Func<Task<EntryReading?>> reading)
    {
        EntryReading? read = null;
        await Until.TrueAsync(async () =>
        {
            try
            {
                read = await reading();
                return true;
            }
            catch (LedgerException)
            {
                // The ledger is opened again after its failure.
                return false;
            }
        });
        return read!;
    }

    private static T InContext<T>(SynchronizationContext context, Func<T> call)
    {
        var previous = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            return call();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(previous);
        }
    }

    /// <summary>Lets a thread go first where the calling one would yield for the first time: until it has ended, or
    /// waits for the calling one.</summary>
    private sealed class Interposed(Thread thread) : SynchronizationContext
    {
        private bool _started;

        public override void Post(SendOrPostCallback continuation, object? state)
        {
            if (!_started)
            {
                _started = true;
                thread.Start();
                SpinWait.SpinUntil(() => !thread.IsAlive || thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
            }

            ThreadPool.QueueUserWorkItem(_ => continuation(state));
        }
    }
}
