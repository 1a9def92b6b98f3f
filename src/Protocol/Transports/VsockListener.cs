using System.Net.Sockets;

namespace Sequencer.Protocol;

/// <summary>Listens on a virtio stream socket: in a Nitro enclave only its parent can reach it.</summary>
public sealed class VsockListener : IEnclaveListener
{
    private const int Backlog = 16;

    private readonly Socket _socket;

    /// <exception cref="IOException">When the machine has no vsock, or the port is taken or privileged.
    /// </exception>
    public VsockListener(uint port)
    {
        var address = new VsockEndPoint(VsockEndPoint.AnyCid, port);
        _socket = VsockSocket.Create();
        try
        {
            _socket.Bind(address);
            _socket.Listen(Backlog);
        }
        catch (SocketException exception)
        {
            _socket.Dispose();
            throw new IOException($"Cannot listen on vsock port {port}: {exception.Message}.", exception);
        }
    }

    public async ValueTask<Stream> AcceptAsync(CancellationToken cancellation) =>
        new NetworkStream(await _socket.AcceptAsync(cancellation), ownsSocket: true);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
