using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sequencer.Testing;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>One worker and its witness; no time passes, so that whoever is put to rest stays there.</summary>
public sealed class WitnessWorkerTests
{
    private const int Rounds = 50;

    /// <summary>
    /// The slowest witness, in whose answers the next round has always begun, has not refused: it stands in
    /// when another dies.
    /// </summary>
    [Fact]
    public async Task AskedAnew_AtEveryCosignature_IsNotPutToRest()
    {
        await using var bench = new Bench();
        var chain = bench.MakeChain("demo");
        bench.AskAnewWhenAsked(chain, Rounds);

        bench.Worker.Ask(chain);
        bench.Run();
        await Task.WhenAny(bench.Done, bench.Clock.Armed);

        bench.Clock.Armed.IsCompleted.Should().BeFalse("it cosigned whatever it was asked");
    }

    [Fact]
    public async Task AskedAnew_AtEveryCosignature_LetsOthersHaveTheirTurns()
    {
        await using var bench = new Bench();
        var busy = Enumerable.Range(0, WitnessWorker.RequestsMax).Select(i => bench.MakeChain($"busy-{i}")).ToList();
        busy.ForEach(chain => bench.AskAnewWhenAsked(chain, Rounds));
        var quiet = bench.MakeChain("quiet");
        bench.AskAnewWhenAsked(quiet, 1);

        busy.ForEach(bench.Worker.Ask);
        bench.Worker.Ask(quiet);
        bench.Run();
        await bench.Done;

        bench.Honest.Requests.Select(asked => asked.Origin).TakeWhile(origin => origin != quiet.Origin).Count()
            .Should().BeLessThan(WitnessWorker.RequestsMax * (Rounds - 1), "none of them was to be finished before");
    }

    [Fact]
    public async Task AWitnessThatAlwaysStatesAnotherSize_IsPutToRest()
    {
        var witness = new ScriptedWitness("w1", (old, _, _) =>
            Task.FromResult<WitnessAnswer>(new WitnessAnswer.Behind(1 - old)));
        await using var bench = new Bench(witness);
        var chain = bench.MakeChain("demo");

        bench.Worker.Ask(chain);
        bench.Run();
        await bench.Clock.Armed;

        witness.Asked.Should().Be(WitnessWorker.RequestsPerTurnMax);
    }

    /// <summary>A cosignature beyond the quorum says nothing of how long the quorum took.</summary>
    [Fact]
    public async Task Duration_IsRecordedWhenTheQuorumIsReached_AndNotAgain()
    {
        using var meters = new RecordingMeters("sequencer.witness.duration");
        await using var world = new WitnessFixture();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Witnesses[2].Before = _ => gate.Task;
        using var metrics = new CoreMetrics(meters);
        var dependencies = CoreFixture.Dependencies(new MemoryLedgerSource(world.Ledger), world.Enclave);
        await using var core = await SequencerCore.StartAsync(
            CoreFixture.Options(), dependencies with { Metrics = metrics, Witnesses = world.Network() },
            CancellationToken.None);
        await core.WhenReadyAsync(CancellationToken.None);

        await core.SubmitAsync(
            new Submission
            {
                Chain = CoreFixture.Chain(),
                Entries = ["entry"u8.ToArray()],
                Finality = Finality.Witnessed,
            },
            CancellationToken.None);
        gate.SetResult();
        // The third witness may be in the ledger before whoever brought the quorum has noted how long it took.
        await Until.TrueAsync(() => CosignersInLedger(world) == 3 && !meters.Recorded.IsEmpty);

        meters.Recorded.Should().ContainSingle();
    }

    private static int CosignersInLedger(WitnessFixture world) =>
        world.Ledger.WitnessedCheckpoint(new ChainNumber(1)) is { } witnessed
            ? world.VerifyQuorum(Encoding.UTF8.GetString(witnessed.Note.Span)).Count
            : 0;

    private sealed class Bench : IAsyncDisposable
    {
        private readonly WitnessFixture _world = new(witnesses: 1, quorum: 1);
        private readonly CoreMetrics _metrics = new();
        private readonly CancellationTokenSource _stopping = new();
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Dictionary<string, Func<bool>> _askAnew = [];
        private Task _running = Task.CompletedTask;
        private int _unfinished;

        /// <param name="witness">The witness; an honest one if null.</param>
        public Bench(IWitness? witness = null)
        {
            if (witness is not null)
                _world.Replace(witness);
            Honest.Before = origin =>
            {
                if (!_askAnew[origin]() && Interlocked.Decrement(ref _unfinished) == 0)
                    _done.TrySetResult();
                return Task.CompletedTask;
            };
            var network = _world.Network();
            Worker = new WitnessWorker(
                0, network,
                new WitnessCoordinator(network, CoreFixture.Options(), Clock, NullLogger.Instance, _metrics),
                Clock, NullLogger.Instance, _metrics);
        }

        public SilentClock Clock { get; } = new();

        public ModelWitness Honest => _world.Witnesses[0];

        public WitnessWorker Worker { get; }

        /// <summary>Ends when every chain was asked about as often as it was to be.</summary>
        public Task Done => _done.Task;

        /// <summary>A chain on which one entry is demanded.</summary>
        public Chain MakeChain(string name)
        {
            var chain = SignedTree.MakeChain(name, Rounds, _world.Policy);
            Demand(chain, 1);
            return chain;
        }

        /// <summary>Demands the next size while it is asked about one, up to the last.</summary>
        public void AskAnewWhenAsked(Chain chain, int last)
        {
            var size = 1;
            _unfinished++;
            _askAnew[chain.Origin] = () =>
            {
                if (size == last)
                    return false;
                Demand(chain, ++size);
                return true;
            };
        }

        public void Run() => _running = Worker.RunAsync(_stopping.Token);

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _world.DisposeAsync();
            _stopping.Dispose();
            _metrics.Dispose();
        }

        private void Demand(Chain chain, int size) => chain.Witnessing!.Demand(
            SignedTree.CheckpointOf(chain, (ulong)size), _world.Policy, timeMin: 0, now: 0);
    }

    /// <summary>What one histogram of one core records.</summary>
    private sealed class RecordingMeters : IMeterFactory
    {
        private readonly MeterListener _listener = new();

        public RecordingMeters(string histogram)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == histogram && instrument.Meter.Scope == this)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>((_, value, _, _) => Recorded.Enqueue(value));
            _listener.Start();
        }

        public ConcurrentQueue<double> Recorded { get; } = [];

        public Meter Create(MeterOptions options) => new(new MeterOptions(options.Name) { Scope = this });

        public void Dispose() => _listener.Dispose();
    }
}
