using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>A checkpoint that an audit goes by, as the gateway serves it; not verified.</summary>
/// <param name="Where">The path that it was read from, as findings name it.</param>
internal sealed record AuditedCheckpoint(string Where, ParsedCheckpoint Parsed)
{
    private const string Default = "checkpoint";
    private const string Latest = "checkpoint?latest";

    public ulong Size => Parsed.Checkpoint.Size;

    /// <summary>
    /// Reads what the audit is of: where a quorum is demanded what is served as <c>checkpoint</c>, or else the
    /// newest of all. Behind it the other one, where that differs; where a quorum is demanded, it is read
    /// only if the older checkpoint is larger than the witnessed one, which says nothing against the log.
    /// </summary>
    /// <param name="olderSize">Size of the older checkpoint; 0 when there is none.</param>
    /// <param name="findings">Takes what is malformed.</param>
    /// <returns>One or two; none when what is served is malformed; null when nothing is served.</returns>
    /// <exception cref="SequencerClientException">When it was refused, or no answer could be had.</exception>
    public static async Task<IReadOnlyList<AuditedCheckpoint>?> ReadAsync(
        LogReader log, bool demandsQuorum, ulong olderSize, AuditFindings findings,
        CancellationToken cancellation)
    {
        var note = await FindDefaultAsync(log, demandsQuorum, cancellation).ConfigureAwait(false);
        var served = note is null ? null : TryParse(Default, note, findings);
        if (note is not null && served is null)
            return [];
        var isEnough = demandsQuorum && (served is null || served.Size >= olderSize);
        var latest = isEnough ? null : await log.FindLatestCheckpointAsync(cancellation).ConfigureAwait(false);
        if (note is null && latest is null)
            return null;
        var newest = latest is null || latest == note ? null : TryParse(Latest, latest, findings);
        AuditedCheckpoint?[] both =
            demandsQuorum || newest?.Size < served?.Size ? [served, newest] : [newest, served];
        return [.. both.OfType<AuditedCheckpoint>()];
    }

    private static async Task<string?> FindDefaultAsync(
        LogReader log, bool demandsQuorum, CancellationToken cancellation)
    {
        try
        {
            return await log.FindCheckpointAsync(cancellation).ConfigureAwait(false);
        }
        catch (SequencerClientException none)
            when (!demandsQuorum && none.Code == GatewayTransport.Unwitnessed)
        {
            return null;
        }
    }

    private static AuditedCheckpoint? TryParse(string where, string note, AuditFindings findings)
    {
        try
        {
            return new(where, ParsedCheckpoint.Parse(note));
        }
        catch (TlogException malformed)
        {
            findings.Add(AuditRule.LogSignature, where, malformed.Message);
            return null;
        }
    }
}
