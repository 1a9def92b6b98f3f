namespace Sequencer.Core;

/// <summary>Pauses between attempts: each is twice the one before, up to a longest. Used by one
/// task.</summary>
/// <param name="first">The first pause.</param>
/// <param name="longest">The longest.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private TimeSpan _next = first;

    /// <summary>The pause before the next attempt.</summary>
    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause * 2 < longest ? pause * 2 : longest;
        return pause;
    }
}
