namespace Sequencer.Client;

/// <summary>What one look at a log told.</summary>
/// <param name="Events">In order; at least one.</param>
public sealed record MonitorRound(IReadOnlyList<MonitorEvent> Events)
{
    /// <summary>The gravest of the events.</summary>
    public MonitorSeverity Severity => Events.Max(told => told.Severity);
}
