using System.Security.Cryptography;

namespace Sequencer.Client;

/// <summary>Pauses that double, half of each random so that many clients do not come back together.</summary>
internal static class Backoff
{
    private const int DoublingsMax = 16;

    /// <param name="firstMs">The first pause, in milliseconds, at its longest.</param>
    /// <param name="doublings">Pauses before this one.</param>
    /// <param name="longestMs">What no pause is longer than, in milliseconds.</param>
    public static TimeSpan Pause(int firstMs, int doublings, int longestMs = int.MaxValue)
    {
        var doubled = (double)firstMs * (1 << Math.Min(doublings, DoublingsMax));
        var share = 0.5 + 0.5 * RandomNumberGenerator.GetInt32(1_000) / 1_000;
        return TimeSpan.FromMilliseconds(Math.Min(longestMs, doubled) * share);
    }
}
