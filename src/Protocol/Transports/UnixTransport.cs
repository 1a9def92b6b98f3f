using System.Net.Sockets;

namespace Sequencer.Protocol;

/// <summary>Connects to an enclave program on a Unix stream socket.</summary>
public sealed class UnixTransport(string path) : IEnclaveTransport
{
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var socket = Open();
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException(
                $"No enclave answers on unix://{path} ({exception.SocketErrorCode}); is its program running?",
                exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket Open()
    {
        try
        {
            return new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        }
        catch (SocketException exception)
        {
            throw new IOException($"No socket can be had for unix://{path}: {exception.Message}.", exception);
        }
    }
}
