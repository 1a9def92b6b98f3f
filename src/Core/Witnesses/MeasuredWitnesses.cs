using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>What the enclave's measured configuration demands of witnesses.</summary>
/// <param name="Policy">Its quorum must have cosigned what a chain is opened from.</param>
/// <param name="SealedChains">Ids of the chains that it cosigns only with that quorum; a single <c>*</c> for
/// all.</param>
internal sealed record MeasuredWitnesses(TlogPolicy Policy, IReadOnlyList<string> SealedChains)
{
    /// <summary>Reads what an enclave says; null when it demands nothing.</summary>
    /// <exception cref="EnclaveMismatchException">When the witnesses configured here can never satisfy it.
    /// </exception>
    public static MeasuredWitnesses? Of(DescribeReply enclave, WitnessNetwork? network)
    {
        if (enclave.WitnessPolicy.Length == 0)
            return null;
        var policy = TlogPolicy.Parse(enclave.WitnessPolicy);
        var configured = network?.Policy.Witnesses.Select(witness => witness.Key) ?? [];
        var quorum = policy.Evaluate(configured);
        return quorum.IsSatisfied
            ? new MeasuredWitnesses(policy, enclave.WitnessedChains)
            : throw new EnclaveMismatchException(
                "The enclave's measured witness policy needs a quorum that the witnesses of witnesses.policy_file "
                + $"cannot make. {quorum.Reason} Add to the file, with the same keys, of: "
                + string.Join(", ", quorum.Missing.Select(witness => witness.Key.Name)) + ".");
    }

    /// <summary>Whether the enclave cosigns a chain only with the quorum.</summary>
    public bool Seals(ChainId chain) => SealedChains is ["*"] || SealedChains.Contains(chain.Value);
}
