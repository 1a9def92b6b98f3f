using Sequencer.Attestation;

namespace Sequencer.Client;

/// <summary>
/// Gathers what an audit finds; keeps the first ones and counts the rest. Owned by the audit's one flow.
/// </summary>
internal sealed class AuditFindings
{
    /// <summary>Findings that are kept.</summary>
    public const int KeptMax = 100;

    private readonly List<AuditFinding> _kept = [];
    private readonly HashSet<AuditRule> _broken = [];

    public IReadOnlyList<AuditFinding> Kept => _kept;

    /// <summary>Findings in all, kept or not.</summary>
    public long Count { get; private set; }

    public void Add(AuditRule rule, string where, string what) => Add(new(rule, where, what));

    public void Add(AuditFinding finding)
    {
        Count++;
        _broken.Add(finding.Rule);
        if (_kept.Count < KeptMax)
            _kept.Add(finding);
    }

    /// <summary>The line of a part that was carried out: failed when it found anything.</summary>
    public AuditCheck Conclude(AuditRule rule, string detail) =>
        new(rule, _broken.Contains(rule) ? CheckOutcome.Failed : CheckOutcome.Passed, detail);

    /// <summary>The same of a part for which tiles are read, which they are below a signed size only.</summary>
    public AuditCheck Conclude(AuditRule rule, bool isSigned, string detail) =>
        isSigned || _broken.Contains(rule)
            ? Conclude(rule, detail)
            : new(rule, CheckOutcome.NotReached, "no tile was read: the log's key did not sign the size");
}
