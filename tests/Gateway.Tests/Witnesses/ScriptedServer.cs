using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sequencer.Gateway.Tests;

/// <summary>
/// A server on a socket that reads whole requests and answers each as the test says, or not at all: for answers
/// that no well-behaved server gives.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<string, Task<string?>> _answer;
    private readonly Task _accepting;
    private int _connectionCount;

    /// <summary>One that stays silent.</summary>
    public ScriptedServer()
        : this(_ => Task.FromResult<string?>(null))
    {
    }

    /// <param name="answer">Head and body in Latin-1.</param>
    public ScriptedServer(string answer)
        : this(_ => Task.FromResult<string?>(answer))
    {
    }

    /// <param name="answer">Head and body for a request, both in Latin-1; null to stay silent.</param>
    public ScriptedServer(Func<string, Task<string?>> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/w1/";

    /// <summary>How many connections were made.</summary>
    public int Connections => Volatile.Read(ref _connectionCount);

    /// <summary>The requests in the order they came, head and body.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>A whole answer with the length of its body.</summary>
    public static string Answer(string statusLine, string contentType, string body) =>
        $"HTTP/1.1 {statusLine}\r\nContent-Type: {contentType}\r\n"
        + $"Content-Length: {Encoding.Latin1.GetByteCount(body)}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        // Only then: the loop may be about to accept again, which a listener that has stopped refuses.
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_connections);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Interlocked.Increment(ref _connectionCount);
                _connections.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var served = client;
        var stream = client.GetStream();
        try
        {
            while (await ReadRequestAsync(stream) is { } request)
            {
                Requests.Enqueue(request);
                if (await _answer(request).WaitAsync(_stopping.Token) is { } answer)
                    await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), _stopping.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // The test is over, or the client has hung up on what it was sent.
        }
    }

    private async Task<string?> ReadRequestAsync(NetworkStream stream)
    {
        var received = new StringBuilder();
        var chunk = new byte[16 * 1024];
        while (true)
        {
            var text = received.ToString();
            var headEnd = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (headEnd >= 0 && text.Length >= headEnd + 4 + LengthOf(text[..headEnd]))
                return text;
            var read = await stream.ReadAsync(chunk, _stopping.Token);
            if (read == 0)
                return null;
            received.Append(Encoding.Latin1.GetString(chunk, 0, read));
        }
    }

    private static int LengthOf(string head)
    {
        const string label = "Content-Length: ";
        var line = head.Split("\r\n").SingleOrDefault(l => l.StartsWith(label, StringComparison.OrdinalIgnoreCase));
        return line is null
            ? 0
            : int.Parse(line[label.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
