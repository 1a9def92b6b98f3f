namespace Sequencer.Core.Tests.Sim;

/// <summary>
/// One end of a connection. Each write is one frame, delivered whole, in order, after a while; a cut loses
/// what was under way, or delivers it first. Nothing here uses a thread.
/// </summary>
internal sealed class SimStream(SimScheduler scheduler, Func<byte[], byte[]> onWrite) : AsyncStream
{
    private readonly Queue<byte[]> _underWay = new();
    private readonly Queue<byte[]> _arrived = new();
    private TaskCompletionSource<int>? _reading;
    private Memory<byte> _into;
    private int _taken;
    private bool _ended;

    public SimStream Peer { get; set; } = null!;

    /// <summary>Whether writing is over, on either side.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Ends both directions; what is under way to either side is delivered first or lost.</summary>
    public void Cut(bool losesOwn, bool losesPeers)
    {
        CutOne(losesOwn);
        Peer.CutOne(losesPeers);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_arrived.Count > 0 || _ended)
            return new ValueTask<int>(Take(buffer));
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        // Completed by events from outside only, so that what awaits inside .NET goes on at once.
        var reading = new TaskCompletionSource<int>();
        (_reading, _into) = (reading, buffer);
        cancellationToken.UnsafeRegister(
            (_, token) => scheduler.Post(null, () => reading.TrySetCanceled(token)), null);
        return new ValueTask<int>(reading.Task);
    }

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsCut)
            return ValueTask.FromException(new IOException("The connection was cut."));
        Peer._underWay.Enqueue(onWrite(buffer.ToArray()));
        if (Peer._underWay.Count == 1)
            Peer.DeliverNext();
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        if (!IsCut)
            Cut(losesOwn: true, losesPeers: false);
        base.Dispose(disposing);
    }

    private void CutOne(bool loses)
    {
        IsCut = true;
        if (loses)
            _underWay.Clear();
        if (_underWay.Count == 0)
            scheduler.Post(null, End);
    }

    private void DeliverNext()
    {
        var delay = scheduler.Chance(0.8) ? 0 : scheduler.Next(30_000);
        scheduler.After(TimeSpan.FromTicks(delay), () =>
        {
            if (_underWay.TryDequeue(out var frame))
            {
                _arrived.Enqueue(frame);
                WakeReader();
            }

            if (_underWay.Count > 0)
                DeliverNext();
            else if (IsCut)
                End();
        });
    }

    private void End()
    {
        _ended = true;
        WakeReader();
    }

    private void WakeReader()
    {
        if (_reading is not { } reading)
            return;
        _reading = null;
        if (!reading.Task.IsCompleted)
            reading.TrySetResult(Take(_into));
    }

    private int Take(Memory<byte> buffer)
    {
        if (!_arrived.TryPeek(out var frame))
            return 0;
        var count = Math.Min(buffer.Length, frame.Length - _taken);
        frame.AsMemory(_taken, count).CopyTo(buffer);
        _taken += count;
        if (_taken == frame.Length)
        {
            _arrived.Dequeue();
            _taken = 0;
        }

        return count;
    }
}
