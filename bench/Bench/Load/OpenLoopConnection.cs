using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sequencer.Bench.Load;

/// <summary>
/// One connection of the open-loop sender, on a thread of its own. Its requests have times fixed beforehand, and each
/// one's latency counts from that time, whether or not the one before was answered by then: a server that stalls is
/// charged for everything it holds up (no coordinated omission).
/// </summary>
internal sealed class OpenLoopConnection(OpenLoopPlan plan, int number, long start)
{
    private const int SampleEvery = 101;
    private const int EntryBytes = 256;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Random _random = new(3000 + number);
    private readonly byte[] _head = Encoding.ASCII.GetBytes(
        $"POST /sequence HTTP/1.1\r\nHost: {plan.Address.Authority}\r\nAuthorization: Bearer {plan.Token}\r\n"
        + $"Content-Type: application/json\r\nContent-Length: {EntryBytes + 11}\r\n\r\n");

    /// <summary>Latencies in microseconds, in the order of sending.</summary>
    public List<double> Micros { get; } = [];

    /// <summary>Answers that were not 200.</summary>
    public int Errors { get; private set; }

    /// <summary>Now and then a transaction and its answer, as lines of text.</summary>
    public List<(string Entry, string Answer)> Sample { get; } = [];

    public void Run()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        socket.Connect(IPAddress.Loopback, plan.Address.Port);
        var interval = Stopwatch.Frequency * plan.Connections / plan.Rate;
        var count = (int)(plan.Rate * plan.Seconds / plan.Connections);
        for (var i = 0; i < count; i++)
        {
            var due = start + (long)(interval * (i + (double)number / plan.Connections));
            var entry = MakeEntry();
            PreciseSleep.Until(due);
            Send(socket, entry);
            var answer = Receive(socket);
            Micros.Add(Stopwatch.GetElapsedTime(due).TotalMicroseconds);
            if (!answer.StartsWith("HTTP/1.1 200"u8))
                Errors++;
            else if (i % SampleEvery == number % SampleEvery)
                Sample.Add((entry, Encoding.UTF8.GetString(answer[(answer.IndexOf("\r\n\r\n"u8) + 4)..])));
        }
    }

    private string MakeEntry()
    {
        Span<byte> random = stackalloc byte[EntryBytes / 4 * 3];
        _random.NextBytes(random);
        return Base64Url.EncodeToString(random);
    }

    private void Send(Socket socket, string entry)
    {
        var request = new byte[_head.Length + EntryBytes + 11];
        _head.CopyTo(request, 0);
        Encoding.ASCII.GetBytes($"{{\"data\":\"{entry}\"}}", request.AsSpan(_head.Length));
        socket.Send(request);
    }

    /// <summary>The whole answer, head and body; it must have a Content-Length or be in chunks.</summary>
    private ReadOnlySpan<byte> Receive(Socket socket)
    {
        for (var length = 0; ;)
        {
            var read = socket.Receive(_buffer.AsSpan(length));
            if (read == 0)
                throw new BenchException("The server closed a connection in the middle of an answer.");
            length += read;
            if (IsWhole(_buffer.AsSpan(0, length)))
                return _buffer.AsSpan(0, length);
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var bodyStart = answer.IndexOf("\r\n\r\n"u8) + 4;
        if (bodyStart < 4)
            return false;
        var field = answer.IndexOf("Content-Length: "u8);
        return field >= 0 && field < bodyStart
            ? Utf8Parser.TryParse(answer[(field + 16)..], out int length, out _) && answer.Length >= bodyStart + length
            : answer.EndsWith("\r\n0\r\n\r\n"u8);
    }
}
