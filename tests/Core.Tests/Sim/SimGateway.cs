using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Sim;

/// <summary>What a client heard: an outcome with its receipts, or nothing.</summary>
/// <param name="Outcome">Null when the answer was lost.</param>
/// <param name="Receipts">A receipt for each entry of a sequenced submission.</param>
internal sealed record SimAnswer(SubmitOutcome? Outcome, IReadOnlyList<string> Receipts)
{
    public static SimAnswer Lost { get; } = new(null, []);
}

/// <summary>The machine that runs the gateway: a real core, started again whenever it dies.</summary>
internal sealed class SimGateway(SimScheduler scheduler, SimDisk disk, SimEnclave enclave)
{
    public static readonly NoteSigner LogKey = NoteSigner.FromSeed(new byte[32]);

    private static readonly CoreMetrics Metrics = new();

    private SimProcess? _process;
    private SequencerCore? _core;
    private int _starts;

    /// <summary>How likely the log key's signer fails, as a key service over a network may.</summary>
    public double SignerFailure { get; set; }

    /// <summary>The witnesses that it asks; null for none.</summary>
    public WitnessNetwork? Witnesses { get; init; }

    public bool IsUp => _process is { IsAlive: true };

    public void Boot()
    {
        _core = null;
        var process = _process = new SimProcess(scheduler, $"gateway {++_starts}");
        process.Start(() => RunAsync(process));
    }

    public void Kill() => _process?.Kill();

    /// <summary>Runs a call inside the gateway's process, as its HTTP server would.</summary>
    /// <param name="call">What to do there.</param>
    /// <param name="lost">What the caller gets when the gateway dies, or is not there.</param>
    public Task<T> CallAsync<T>(Func<SequencerCore, Task<T>> call, T lost)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_process is not { IsAlive: true } process || _core is not { } core)
            return Task.FromResult(lost);
        process.OnDeath(() => answer.TrySetResult(lost));
        process.Start(async () =>
        {
            var result = await call(core);
            scheduler.After(TimeSpan.FromTicks(scheduler.Next(10_000)), () => answer.TrySetResult(result));
        });
        return answer.Task;
    }

    public Task<SimAnswer> SubmitAsync(Submission submission, TimeSpan patience) => CallAsync(async core =>
    {
        using var leaving = new CancellationTokenSource(patience, new SimClock(scheduler, _process));
        try
        {
            var outcome = await core.SubmitAsync(submission, leaving.Token);
            return new SimAnswer(outcome, outcome is SubmitOutcome.Sequenced(var range) ? Receipts(range) : []);
        }
        catch (OperationCanceledException)
        {
            return SimAnswer.Lost;
        }
        catch (LedgerException)
        {
            // The ledger was closed before the receipts were made.
            return SimAnswer.Lost;
        }
    }, SimAnswer.Lost);

    /// <summary>Waits until it takes transactions.</summary>
    public async Task<bool> WhenUpAsync()
    {
        var clock = new SimClock(scheduler, owner: null);
        while (!await CallAsync(core => Task.FromResult(core.Status.State == SequencerState.Ready), lost: false))
            await Task.Delay(TimeSpan.FromMilliseconds(10), clock);
        return true;
    }

    /// <summary>Stops as on SIGTERM: the process ends by itself.</summary>
    public Task<bool> StopAsync() => CallAsync(async core =>
    {
        await core.StopAsync(CancellationToken.None);
        return true;
    }, lost: true);

    private static List<string> Receipts(SequencedRange range)
    {
        var receipts = new List<string>();
        for (var i = 0; i < range.Count; i++)
        {
            var text = new ArrayBufferWriter<byte>();
            range.WriteReceipt(i, text);
            receipts.Add(Encoding.UTF8.GetString(text.WrittenSpan));
        }

        return receipts;
    }

    private async Task RunAsync(SimProcess process)
    {
        var clock = new SimClock(scheduler, process);
        var options = new SequencerOptions { LogPrefix = SimEnclave.LogPrefix };
        options.Chains["unique"] = new ChainLimits { Unique = true };
        // There are three chains at most: a round of several is one request to the enclave, or one for each.
        options.RequestMaxChains = scheduler.Chance(0.5) ? 1 : 3;
        var dependencies = new CoreDependencies
        {
            Ledger = disk.SourceFor(process),
            Enclave = enclave.TransportFor(process),
            LogKey = new Signer(this),
            Witnesses = Witnesses,
            Time = clock,
            Logger = NullLogger<SequencerCore>.Instance,
            Metrics = Metrics,
        };
        while (_core is null)
        {
            try
            {
                _core = await SequencerCore.StartAsync(options, dependencies, CancellationToken.None);
            }
            catch (LedgerException exception)
                when (exception.Reason is LedgerError.Locked or LedgerError.Unavailable or LedgerError.WriteFailed)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock);
            }
        }

        await _core.Completion;
        process.Kill();
    }

    private sealed class Signer(SimGateway gateway) : ICheckpointSigner
    {
        private readonly KeyFileSigner _key = new(LogKey);

        public ReadOnlyMemory<byte> PublicKey => _key.PublicKey;

        public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> noteText, CancellationToken cancellation)
        {
            if (gateway._process!.Scheduler.Chance(gateway.SignerFailure))
            {
                await Task.Yield();
                throw new IOException("The simulated key service does not answer.");
            }

            return await _key.SignAsync(noteText, cancellation);
        }

        public void Dispose()
        {
            // The key is every run's.
        }
    }
}
