using System.Net.Sockets;

namespace Sequencer.Protocol;

/// <summary>Connects to an enclave on a virtio stream socket, from its parent.</summary>
/// <param name="cid">Context id of the enclave.</param>
/// <param name="port">Port on which it listens.</param>
/// <param name="connectTimeout">Longest wait for the enclave to take the connection. The kernel gives up by
/// itself after two seconds.</param>
/// <param name="time">The clock for it.</param>
public sealed class VsockTransport(uint cid, uint port, TimeSpan connectTimeout, TimeProvider time)
    : IEnclaveTransport
{
    private readonly VsockEndPoint _enclave = new(cid, port);

    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(connectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        var socket = VsockSocket.Create();
        try
        {
            await socket.ConnectAsync(_enclave, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException(
                $"No enclave answers on {_enclave} ({exception.SocketErrorCode}); is it running, and is this "
                + "its context id?",
                exception);
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested)
        {
            socket.Dispose();
            throw new IOException(
                $"No enclave answered on {_enclave} within {connectTimeout.TotalSeconds:0.#} s.", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
