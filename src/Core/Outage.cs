namespace Sequencer.Core;

/// <summary>
/// Attempts that fail one after the other, of which not each is worth a line of the log: the first is, each whose
/// reason is another than the one before, and one every ten minutes that it lasts. Used by one task.
/// </summary>
internal sealed class Outage(TimeProvider time)
{
    private static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(10);

    private readonly long _began = time.GetTimestamp();
    private long _told;
    private string? _reason;

    /// <summary>How long it lasts, in whole seconds.</summary>
    public long Seconds => (long)time.GetElapsedTime(_began).TotalSeconds;

    /// <summary>Whether to tell that an attempt failed; who asks tells.</summary>
    public bool IsNews(string reason)
    {
        if (reason == _reason && time.GetElapsedTime(_told) < ReminderInterval)
            return false;
        (_reason, _told) = (reason, time.GetTimestamp());
        return true;
    }
}
