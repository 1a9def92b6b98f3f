using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sequencer.Bench.Peers;

/// <summary>
/// One connection to NATS, in its client protocol: as much of it as publishing with acknowledgements takes.
/// </summary>
internal sealed class NatsConnection : IDisposable
{
    private const string Subject = "entries.one";

    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly string _inbox = "_INBOX." + Guid.NewGuid().ToString("N");
    private readonly byte[] _received = new byte[64 * 1024];
    private NetworkStream _stream = null!;
    private byte[] _publications = [];

    private NatsConnection()
    {
    }

    public static async Task<NatsConnection> OpenAsync(int port)
    {
        var connection = new NatsConnection();
        await connection._tcp.ConnectAsync(IPAddress.Loopback, port);
        connection._stream = connection._tcp.GetStream();
        await connection.SendAsync($"CONNECT {{\"verbose\":false}}\r\nSUB {connection._inbox} 1\r\nPING\r\n");
        await connection.ReadUntilAsync("PONG"u8.ToArray(), times: 1);
        return connection;
    }

    /// <summary>Makes the stream that takes the entries.</summary>
    public async Task CreateStreamAsync(int replicas)
    {
        var settings = string.Create(CultureInfo.InvariantCulture,
            $$"""{"name":"entries","subjects":["entries.*"],"storage":"file","num_replicas":{{replicas}}}""");
        await SendAsync($"PUB $JS.API.STREAM.CREATE.entries {_inbox} {settings.Length}\r\n{settings}\r\n");
        await ReadUntilAsync("\"did_create\":true"u8.ToArray(), times: 1);
    }

    /// <summary>Publishes entries and waits for the acknowledgement of each.</summary>
    public async Task PublishAsync(int count)
    {
        var one = $"PUB {Subject} {_inbox} {Peer.EntryBytes}\r\n{new string('e', Peer.EntryBytes)}\r\n";
        if (_publications.Length != one.Length * count)
            _publications = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(one, count)));
        // Acknowledgements are read meanwhile: a server that cannot deliver them stops to listen.
        var sending = _stream.WriteAsync(_publications).AsTask();
        await ReadUntilAsync("\"seq\":"u8.ToArray(), count);
        await sending;
    }

    public void Dispose() => _tcp.Dispose();

    private async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Reads until a mark, which stands once in each answer, has come so many times.</summary>
    private async Task ReadUntilAsync(byte[] mark, int times)
    {
        for (var kept = 0; times > 0;)
        {
            var read = await _stream.ReadAsync(_received.AsMemory(kept));
            if (read == 0)
                throw new BenchException("NATS closed the connection.");
            var bytes = _received.AsSpan(0, kept + read);
            if (bytes.IndexOf("\"error\""u8) >= 0 || bytes.IndexOf("-ERR"u8) >= 0)
                throw new BenchException($"NATS refused: {Encoding.ASCII.GetString(bytes)}");
            for (int at; (at = bytes.IndexOf(mark)) >= 0; times--)
                bytes = bytes[(at + mark.Length)..];
            // The mark may stand across two reads.
            kept = Math.Min(bytes.Length, mark.Length - 1);
            bytes[^kept..].CopyTo(_received);
        }
    }
}
