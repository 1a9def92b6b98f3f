using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>Checks the signatures on a log's checkpoints.</summary>
/// <param name="policy">The auditor's policy; null takes the gateway's key.</param>
/// <param name="epochs">What the gateway says of itself.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class CheckpointAudit(TlogPolicy? policy, LogEpochs epochs, AuditFindings findings)
{
    /// <summary>Checks that a checkpoint is of the log and signed by its key.</summary>
    /// <returns>The key that signed; null when none did.</returns>
    public VerifierKey? CheckLogSignature(AuditRule rule, string where, ParsedCheckpoint signed)
    {
        var origin = signed.Checkpoint.Origin;
        if (origin != epochs.Origin)
        {
            findings.Add(rule, where, $"It is of the log {origin}; this log is {epochs.Origin}.");
            return null;
        }

        try
        {
            var keys = policy?.KeysOf(origin) ?? [VerifierKey.Parse(epochs.LogKey)];
            if (keys.Count == 0)
            {
                findings.Add(rule, where, $"The policy does not name the log {origin}.");
                return null;
            }

            if (signed.SignaturesBy(keys) is [var signature, ..])
                return signature.Key;
            var source = policy is null ? "gateway" : "policy";
            findings.Add(rule, where, $"It is not signed by the key that the {source} names.");
        }
        catch (TlogException wrong)
        {
            findings.Add(rule, where, wrong.Message);
        }

        return null;
    }

    /// <summary>
    /// Checks that the enclave whose epoch the checkpoint belongs to has cosigned it, which is the last to
    /// have begun at or below its size; or, where epochs follow each other without an entry between, one of
    /// these.
    /// </summary>
    /// <returns>The epoch that cosigned; null when none did.</returns>
    public AuditedEpoch? CheckCosignature(
        string where, ParsedCheckpoint signed, IReadOnlyList<AuditedEpoch> audited)
    {
        var size = signed.Checkpoint.Size;
        var begun = audited.Where(epoch => epoch.StartSize <= size).ToList();
        var current = begun
            .Where((_, i) => begun.Skip(i + 1).All(later => later.StartSize == size)).ToList();
        try
        {
            foreach (var epoch in Enumerable.Reverse(current))
            {
                if (epoch.Enclave is { } enclave && signed.SignaturesBy([enclave.Key]).Count > 0)
                    return epoch;
            }

            findings.Add(AuditRule.EnclaveCosignature, where, current.Exists(epoch => epoch.Enclave is null)
                ? "Its cosignature was not checked: the epoch's document does not hold."
                : "It is not cosigned by the enclave of its epoch.");
        }
        catch (TlogException wrong)
        {
            findings.Add(AuditRule.EnclaveCosignature, where, wrong.Message);
        }

        return null;
    }

    /// <summary>Checks that the quorum of the policy has cosigned.</summary>
    /// <returns>How the quorum judged; null when it could not.</returns>
    public QuorumResult? CheckWitnesses(string where, ParsedCheckpoint signed)
    {
        try
        {
            var result = policy!.Evaluate(signed.WitnessesOf(policy));
            if (!result.IsSatisfied)
                findings.Add(AuditRule.Witnesses, where, result.Reason);
            return result;
        }
        catch (TlogException wrong)
        {
            findings.Add(AuditRule.Witnesses, where, wrong.Message);
            return null;
        }
    }
}
