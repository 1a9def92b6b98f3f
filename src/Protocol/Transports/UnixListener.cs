using System.Net.Sockets;

namespace Sequencer.Protocol;

/// <summary>Listens on a Unix stream socket that only the same user may open (mode 0600).</summary>
public sealed class UnixListener : IEnclaveListener
{
    private const int Backlog = 16;
    private const int NoSuchDevice = 6; // ENXIO

    private readonly Socket _socket;
    private readonly string _path;

    /// <summary>Takes over <paramref name="path"/>: a socket that nobody answers on is replaced.</summary>
    /// <exception cref="IOException">
    /// When another process listens there, the path is of something else than a socket, or cannot be used.
    /// </exception>
    public UnixListener(string path)
    {
        _path = path;
        RemoveStaleSocket(path);
        _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            _socket.Listen(Backlog);
        }
        catch (SocketException exception)
        {
            _socket.Dispose();
            throw new IOException($"Cannot listen on unix://{path}: {exception.Message}.", exception);
        }
    }

    public async ValueTask<Stream> AcceptAsync(CancellationToken cancellation) =>
        new NetworkStream(await _socket.AcceptAsync(cancellation), ownsSocket: true);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        File.Delete(_path);
        return ValueTask.CompletedTask;
    }

    private static void RemoveStaleSocket(string path)
    {
        if (!File.Exists(path))
            return;
        if (!IsSocket(path))
            throw new IOException($"{path} exists and is no socket; give the enclave another path.");
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException exception)
        {
            throw new IOException(
                $"{path} is a socket on which nothing can listen ({exception.Message}); give the enclave another path.",
                exception);
        }

        throw new IOException($"Another process already listens on unix://{path}; stop it first.");
    }

    /// <summary>A socket is what open(2) refuses with ENXIO.</summary>
    private static bool IsSocket(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return false;
        }
        catch (IOException exception) when (exception.HResult == NoSuchDevice)
        {
            return true;
        }
    }
}
