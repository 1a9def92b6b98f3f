using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sequencer.Bench.Load;

/// <summary>One connection of the open-loop sender, with at most one request under way. Nothing here waits.</summary>
internal sealed class OpenLoopConnection : IDisposable
{
    private const int EntryBytes = 256;

    private static readonly byte[] BodyStart = "{\"data\":\""u8.ToArray();
    private static readonly byte[] BodyEnd = "\"}"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _request;
    private readonly byte[] _answer = new byte[64 * 1024];
    private int _answerBytes;

    /// <summary>Connects, and is waited for from then on.</summary>
    public OpenLoopConnection(OpenLoopPlan plan, Epoll epoll, int number)
    {
        LastRequest = number - plan.Connections;
        _request =
        [
            .. Encoding.ASCII.GetBytes(
                $"POST /sequence HTTP/1.1\r\nHost: {plan.Address.Authority}\r\nAuthorization: Bearer {plan.Token}\r\n"
                + "Content-Type: application/json\r\n"
                + $"Content-Length: {BodyStart.Length + EntryBytes + BodyEnd.Length}\r\n\r\n"),
            .. BodyStart, .. new byte[EntryBytes], .. BodyEnd,
        ];
        _socket.NoDelay = true;
        _socket.Connect(IPAddress.Loopback, plan.Address.Port);
        _socket.Blocking = false;
        epoll.Add(_socket, number);
    }

    /// <summary>The number of the request that was sent last; negative before the first.</summary>
    public int LastRequest { get; private set; }

    /// <summary>Whether a request is under way.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>The entry that was sent last.</summary>
    public ReadOnlySpan<byte> Entry => EntryPlace;

    private Span<byte> EntryPlace => _request.AsSpan(_request.Length - BodyEnd.Length - EntryBytes, EntryBytes);

    /// <summary>Sends a request with an entry of random text.</summary>
    public void Send(int request, Random random)
    {
        (LastRequest, IsWaiting, _answerBytes) = (request, true, 0);
        Span<byte> bytes = stackalloc byte[EntryBytes / 4 * 3];
        random.NextBytes(bytes);
        Base64Url.EncodeToUtf8(bytes, EntryPlace);
        // With its answer read, all that was sent before has left: there is room.
        if (_socket.Send(_request, SocketFlags.None, out var error) != _request.Length)
            throw new BenchException($"A connection did not take a request: {error}.");
    }

    /// <summary>Reads what has arrived; true once the answer, head and body, is whole.</summary>
    public bool TryReceive(out ReadOnlySpan<byte> answer)
    {
        answer = default;
        var read = _socket.Receive(_answer.AsSpan(_answerBytes), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return false;
        if (read == 0)
            throw new BenchException($"The server closed a connection in the middle of an answer: {error}.");
        _answerBytes += read;
        IsWaiting = !IsWhole(_answer.AsSpan(0, _answerBytes));
        answer = _answer.AsSpan(0, _answerBytes);
        return !IsWaiting;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>It must have a Content-Length or be in chunks.</summary>
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
