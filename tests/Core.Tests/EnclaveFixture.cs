using Sequencer.Enclave;
using Sequencer.Protocol;
using Sequencer.Simulation;

namespace Sequencer.Core.Tests;

/// <summary>A simulated enclave of this process that can be killed and booted again.</summary>
public sealed class EnclaveFixture : IEnclaveTransport, IAsyncDisposable
{
    public const string LogPrefix = "sequencer.test/log";

    private readonly SimulatedRoot _root = SimulatedRoot.Create(TimeProvider.System);
    private PipeTransport _pipe = null!;
    private CancellationTokenSource _stopping = null!;
    private Task _serving = Task.CompletedTask;

    private readonly WitnessDemand? _witnesses;

    public EnclaveFixture()
        : this(witnesses: null)
    {
    }

    /// <param name="witnesses">What every epoch demands of witnesses.</param>
    public EnclaveFixture(WitnessDemand? witnesses)
    {
        _witnesses = witnesses;
        Boot();
    }

    public int Boots { get; private set; }

    public ValueTask<Stream> ConnectAsync(CancellationToken cancellation) => _pipe.ConnectAsync(cancellation);

    /// <summary>Ends the enclave with everything it held and boots a new epoch.</summary>
    /// <param name="clock">What the new epoch tells the time by; the system's if null.</param>
    public async Task RebootAsync(TimeProvider? clock = null)
    {
        await KillAsync();
        Boot(clock);
    }

    public async Task KillAsync()
    {
        await _stopping.CancelAsync();
        await _pipe.DisposeAsync();
        await _serving;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _root.Dispose();
        _stopping.Dispose();
    }

    private void Boot(TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        Boots++;
        _pipe = new PipeTransport();
        _stopping = new CancellationTokenSource();
        var nsm = new SimulatedNsm(_root, clock);
        // Its first document states the time before its certificates are made: the enclave's clock, were it anchored
        // in that one, would be late by as long as they take.
        nsm.Attest(userData: null, nonce: null, publicKey: null);
        var machine = new EnclaveMachine(
            new EnclaveConfiguration { LogPrefix = LogPrefix, Witnesses = _witnesses },
            nsm, _root.Trusted, clock);
        var server = new EnclaveServer(machine, _pipe, TimeProvider.System, static _ => { });
        _serving = server.RunAsync(TimeSpan.FromMinutes(5), _stopping.Token);
    }
}
