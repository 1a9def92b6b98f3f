using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Verifies evidence of a contradiction offline: no network, no clock. Safe for concurrent use.
/// </summary>
/// <param name="policy">
/// The log's key and the witnesses; null takes both from the evidence, which then proves that one key signed
/// a contradiction, but not whose key it is.
/// </param>
/// <param name="enclaves">The images and the root that are accepted.</param>
public sealed class EvidenceVerifier(TlogPolicy? policy, EnclaveVerifier enclaves)
{
    /// <summary>Checks an evidence file's text, every check told; never throws for bad evidence.</summary>
    public EvidenceReport Check(string json)
    {
        var run = new EvidenceRun(policy, enclaves);
        run.Execute(json);
        return run.Report();
    }
}
