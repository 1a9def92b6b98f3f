using System.IO.Pipelines;

namespace Sequencer.Gateway;

/// <summary>
/// Cancels the reading of a body whose time is over. Not by a token: a read that one ended counts as going on for the
/// server, which then can neither read past the body nor keep the connection. Used by one request.
/// </summary>
internal sealed class BodyDeadline : IDisposable
{
    private readonly PipeReader _body;
    private readonly ITimer _timer;
    private volatile bool _hasPassed;

    public BodyDeadline(PipeReader body, TimeSpan patience, TimeProvider time)
    {
        _body = body;
        _timer = time.CreateTimer(
            static deadline => ((BodyDeadline)deadline!).Pass(), this, patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the time is over. The server too cancels reads, while it stops: that alone says nothing.
    /// </summary>
    public bool HasPassed => _hasPassed;

    public void Dispose() => _timer.Dispose();

    private void Pass()
    {
        _hasPassed = true;
        try
        {
            _body.CancelPendingRead();
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The request came to its end at this very moment; what a timer throws would end the program.
        }
    }
}
