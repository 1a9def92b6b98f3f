using System.Security.Cryptography;

namespace Sequencer.Client;

/// <summary>
/// The pauses between the attempts of one request: doubling, half random so that many clients do not come
/// back together, never shorter than the gateway's <c>Retry-After</c>, and bounded in sum. Owned by one
/// request.
/// </summary>
internal sealed class RetryPauses(SequencerClientOptions options, TimeProvider time)
{
    private const int DoublingsMax = 16;

    private TimeSpan _left = TimeSpan.FromMilliseconds(options.RetryPausesTotalMs);
    private int _doublings;

    /// <summary>
    /// Waits before the next attempt; false, without waiting, when the time allowed does not reach.
    /// </summary>
    public async Task<bool> PauseAsync(TimeSpan? retryAfter, CancellationToken cancellation)
    {
        var longestMs = (double)options.RetryPauseMs * (1 << Math.Min(_doublings++, DoublingsMax));
        var share = 0.5 + 0.5 * RandomNumberGenerator.GetInt32(1_000) / 1_000;
        var pause = TimeSpan.FromMilliseconds(longestMs * share);
        if (retryAfter > pause)
            pause = retryAfter.Value;
        if (pause > _left)
            return false;
        _left -= pause;
        await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
        return true;
    }
}
