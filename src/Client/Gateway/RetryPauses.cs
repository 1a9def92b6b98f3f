namespace Sequencer.Client;

/// <summary>
/// The pauses between the attempts of one request: a <see cref="Backoff"/>, never shorter than the gateway's
/// <c>Retry-After</c>, and bounded in sum. Owned by one request.
/// </summary>
internal sealed class RetryPauses(SequencerClientOptions options, TimeProvider time)
{
    private TimeSpan _left = TimeSpan.FromMilliseconds(options.RetryPausesTotalMs);
    private int _doublings;

    /// <summary>
    /// Waits before the next attempt; false, without waiting, when the time allowed does not reach.
    /// </summary>
    public async Task<bool> PauseAsync(TimeSpan? retryAfter, CancellationToken cancellation)
    {
        var pause = Backoff.Pause(options.RetryPauseMs, _doublings++);
        if (retryAfter > pause)
            pause = retryAfter.Value;
        if (pause > _left)
            return false;
        _left -= pause;
        await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
        return true;
    }
}
