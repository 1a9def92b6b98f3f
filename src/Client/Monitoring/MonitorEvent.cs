namespace Sequencer.Client;

/// <summary>One thing that a monitor tells.</summary>
public sealed record MonitorEvent
{
    internal MonitorEvent()
    {
    }

    /// <summary>When, by the monitor's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    public required MonitorEventKind Kind { get; init; }

    /// <summary>A sentence for a person. It may quote the log: print it with care.</summary>
    public required string Message { get; init; }

    /// <summary>The log; null when it is not known yet.</summary>
    public string? Origin { get; init; }

    /// <summary>The size of the checkpoint that the event is about; null when it is about none.</summary>
    public ulong? Size { get; init; }

    /// <summary>Its root, in base64.</summary>
    public string? Root { get; init; }

    /// <summary>The evidence file that belongs to the event.</summary>
    public string? EvidenceFile { get; init; }

    public MonitorSeverity Severity => Kind switch
    {
        MonitorEventKind.FirstContact or MonitorEventKind.CheckpointVerified or MonitorEventKind.Unchanged
            or MonitorEventKind.EntriesVerified => MonitorSeverity.Info,
        MonitorEventKind.Unreachable or MonitorEventKind.NotChecked or MonitorEventKind.Stale
            => MonitorSeverity.Warning,
        MonitorEventKind.ContradictionProven or MonitorEventKind.ContradictionPersists
            => MonitorSeverity.Critical,
        _ => MonitorSeverity.Error,
    };
}
