using System.Net.Sockets;

namespace Sequencer.Nitro.LiveTests;

/// <summary>
/// The parent's port 9000, as nitro-cli serves it: the enclave sends one byte when it is up and gets the same
/// byte back. Anything else is no heartbeat.
/// </summary>
internal sealed class HeartbeatListener : IDisposable
{
    private const byte Beat = 0xb7;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public HeartbeatListener(string path)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
    }

    /// <summary>Completes when the enclave has sent its heartbeat and has been answered.</summary>
    /// <exception cref="InvalidDataException">When it sent something else.</exception>
    public async Task AnswerAsync(CancellationToken cancellation)
    {
        using var enclave = await _listener.AcceptAsync(cancellation);
        var received = new byte[1];
        var count = await enclave.ReceiveAsync(received, cancellation);
        if (count != 1 || received[0] != Beat)
        {
            throw new InvalidDataException(
                $"The heartbeat was {count} bytes, {received[0]:x2}; expected b7.");
        }

        await enclave.SendAsync(received, cancellation);
    }

    public void Dispose() => _listener.Dispose();
}
