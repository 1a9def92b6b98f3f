namespace Sequencer.Client;

/// <summary>Tells damage to a log from the failure to reach it.</summary>
internal static class Damage
{
    /// <summary>
    /// What was read, or what is wrong with it: that it is missing, or not of the agreed form. Refusals and
    /// broken connections are thrown.
    /// </summary>
    public static async Task<(T? Found, AuditFinding? Finding)> FindAsync<T>(
        Task<T?> reading, AuditRule rule, string where)
        where T : class
    {
        try
        {
            var found = await reading.ConfigureAwait(false);
            return (found, found is null ? new(rule, where, "It is missing.") : null);
        }
        catch (SequencerClientException malformed) when (malformed.Error == SequencerClientError.BadAnswer)
        {
            return (null, new(rule, where, malformed.Message));
        }
    }
}
