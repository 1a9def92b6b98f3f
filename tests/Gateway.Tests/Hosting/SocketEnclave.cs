using Sequencer.Enclave;
using Sequencer.Protocol;
using Sequencer.Simulation;

namespace Sequencer.Gateway.Tests;

/// <summary>The enclave, simulated, behind a Unix socket, as gateways of other processes reach it.</summary>
internal sealed class SocketEnclave : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly SimulatedRoot _root = SimulatedRoot.Create(TimeProvider.System);
    private readonly HangingListener _listener;
    private readonly EnclaveMachine _machine;
    private readonly Task _serving;

    public SocketEnclave(string socket)
    {
        _machine = new EnclaveMachine(
            new EnclaveConfiguration { LogPrefix = TestGateway.LogPrefix },
            new SimulatedNsm(_root, TimeProvider.System), _root.Trusted, TimeProvider.System);
        _listener = new HangingListener(new UnixListener(socket));
        var server = new EnclaveServer(_machine, _listener, TimeProvider.System, _ => { });
        _serving = server.RunAsync(TimeSpan.FromMinutes(5), _stopping.Token);
    }

    /// <summary>From now on it answers nothing, until <see cref="Recover"/>. Once.</summary>
    public void Hang() => _listener.Hang();

    public void Recover() => _listener.Recover();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving;
        await _listener.DisposeAsync();
        _machine.Dispose();
        _root.Dispose();
        _stopping.Dispose();
    }
}
