using System.Diagnostics;
using System.Text;

namespace Sequencer.Bench.Load;

/// <summary>
/// One thread that drives all connections. Every request has a time fixed beforehand, and its latency counts from that
/// time until its answer is read, whether or not the connection's last one was answered by then: a server that stalls
/// is charged for everything it holds up (no coordinated omission).
/// </summary>
/// <remarks>
/// Request k goes to connection k modulo their number. One whose connection still waits at its time is sent as soon as
/// that answer is in.
/// </remarks>
internal sealed class OpenLoopRun : IDisposable
{
    private const int SampleEvery = 101;

    private readonly Epoll _epoll = new();
    private readonly Random _random = new();
    private readonly OpenLoopConnection[] _connections;
    private readonly double _interval;
    private readonly int _requests;
    private int _due;

    /// <summary>Opens the connections.</summary>
    public OpenLoopRun(OpenLoopPlan plan)
    {
        _connections = [.. Enumerable.Range(0, plan.Connections)
            .Select(number => new OpenLoopConnection(plan, _epoll, number))];
        _interval = Stopwatch.Frequency / plan.Rate;
        _requests = (int)(plan.Rate * plan.Seconds / plan.Connections) * plan.Connections;
        LatencyMicros = new(_requests);
        LateMicros = new(_requests);
    }

    /// <summary>When the first request is due.</summary>
    public long Start { get; private set; }

    /// <summary>From each request's time until its answer was read, in the order of answers.</summary>
    public List<double> LatencyMicros { get; }

    /// <summary>How late the sender itself was with each request whose connection was free at its time.</summary>
    public List<double> LateMicros { get; }

    /// <summary>Answers that were not 200.</summary>
    public int Errors { get; private set; }

    /// <summary>Lines of text: now and then an entry, and its answer.</summary>
    public List<string> Sample { get; } = [];

    /// <summary>Sends every request and reads every answer.</summary>
    public void Run(TimeSpan headStart)
    {
        Start = Stopwatch.GetTimestamp() + (long)(headStart.TotalSeconds * Stopwatch.Frequency);
        while (LatencyMicros.Count < _requests)
        {
            SendWhatIsDue(Stopwatch.GetTimestamp());
            foreach (var number in _epoll.WaitUntil(_due < _requests ? TimeOf(_due) : long.MaxValue))
                Receive(_connections[number]);
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
        _epoll.Dispose();
    }

    private long TimeOf(int request) => Start + (long)(_interval * request);

    private void SendWhatIsDue(long now)
    {
        for (; _due < _requests && TimeOf(_due) <= now; _due++)
        {
            var connection = _connections[_due % _connections.Length];
            if (connection.IsWaiting)
                continue;
            LateMicros.Add(Stopwatch.GetElapsedTime(TimeOf(_due)).TotalMicroseconds);
            connection.Send(_due, _random);
        }
    }

    private void Receive(OpenLoopConnection connection)
    {
        if (!connection.TryReceive(out var answer))
            return;
        var request = connection.LastRequest;
        LatencyMicros.Add(Stopwatch.GetElapsedTime(TimeOf(request)).TotalMicroseconds);
        if (!answer.StartsWith("HTTP/1.1 200"u8))
            Errors++;
        else if (IsSampled(request))
            AddSample(connection.Entry, answer);
        var next = request + _connections.Length;
        if (next < _due)
            connection.Send(next, _random);
    }

    /// <summary>One in so many of each connection, not all of them at one time.</summary>
    private bool IsSampled(int request)
    {
        var (turn, number) = Math.DivRem(request, _connections.Length);
        return turn % SampleEvery == number % SampleEvery;
    }

    private void AddSample(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> answer)
    {
        Sample.Add(Encoding.ASCII.GetString(entry));
        Sample.Add(Encoding.UTF8.GetString(answer[(answer.IndexOf("\r\n\r\n"u8) + 4)..]));
    }
}
