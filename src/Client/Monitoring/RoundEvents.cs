using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>Gathers what one look at a log tells. Owned by that look's one flow.</summary>
internal sealed class RoundEvents(TimeProvider time)
{
    private readonly List<MonitorEvent> _events = [];

    /// <summary>The log, once it is known.</summary>
    public string? Origin { get; set; }

    public int Count => _events.Count;

    public bool HasAny(params ReadOnlySpan<MonitorEventKind> kinds)
    {
        foreach (var told in _events)
        {
            if (kinds.Contains(told.Kind))
                return true;
        }

        return false;
    }

    public void Add(
        MonitorEventKind kind, string message, Checkpoint? about = null, string? evidenceFile = null) =>
        _events.Add(new()
        {
            Time = time.GetUtcNow(),
            Kind = kind,
            Message = message,
            Origin = about?.Origin ?? Origin,
            Size = about?.Size,
            Root = about?.Root.ToString(),
            EvidenceFile = evidenceFile,
        });

    /// <summary>Tells that something could not be read; the same only once.</summary>
    public void AddFailure(SequencerClientException failure)
    {
        var kind = failure.Error == SequencerClientError.BadAnswer
            ? MonitorEventKind.NotChecked
            : MonitorEventKind.Unreachable;
        if (!_events.Exists(told => told.Kind == kind && told.Message == failure.Message))
            Add(kind, failure.Message);
    }

    /// <summary>
    /// One event for each part that is wrong: its first finding, and how many more there are.
    /// </summary>
    public void AddFindings(AuditFindings findings, Checkpoint about)
    {
        foreach (var wrong in findings.Kept.GroupBy(finding => KindOf(finding.Rule)))
        {
            var first = wrong.First();
            var more = wrong.Count() - 1;
            Add(wrong.Key, $"{first.Where}: {first.What}{(more > 0 ? $" And {more} more." : "")}", about);
        }
    }

    public MonitorRound ToRound() => new(_events);

    private static MonitorEventKind KindOf(AuditRule rule) => rule switch
    {
        AuditRule.LogSignature => MonitorEventKind.LogSignatureWrong,
        AuditRule.EnclaveCosignature => MonitorEventKind.CosignatureWrong,
        AuditRule.Witnesses => MonitorEventKind.QuorumMissing,
        AuditRule.Epochs => MonitorEventKind.EpochWrong,
        AuditRule.Handovers => MonitorEventKind.HandoverWrong,
        _ => MonitorEventKind.EntriesWrong,
    };
}
