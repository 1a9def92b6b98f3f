using System.Text;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// What the measured configuration demands of witnesses. There is none whose quorums could be disjoint: two
/// histories could then both be witnessed, and the demand would promise what it does not keep.
/// </summary>
public sealed class WitnessDemand
{
    /// <summary>Most witnesses: what every reader of the C2SP tlog-policy must take.</summary>
    public const int WitnessesMax = 32;

    /// <summary>Stands for every chain.</summary>
    public const string EveryChain = "*";

    /// <summary>The default of <see cref="ClockAheadSeconds"/>.</summary>
    public const int DefaultClockAheadSeconds = 2;

    /// <summary>The most that <see cref="ClockAheadSeconds"/> may be.</summary>
    public const int ClockAheadSecondsMax = 30;

    private WitnessDemand(
        string policyText, TlogPolicy policy, IReadOnlyList<string> chains, int clockAheadSeconds)
    {
        PolicyText = policyText;
        Policy = policy;
        WitnessedChains = chains;
        ClockAheadSeconds = (ulong)clockAheadSeconds;
    }

    /// <summary>The policy as it is measured.</summary>
    public string PolicyText { get; }

    /// <summary>Its witnesses and quorum; it names no log, and any two quorums share a witness.</summary>
    public TlogPolicy Policy { get; }

    /// <summary>Ids of the chains of witnessed finality; a single <see cref="EveryChain"/> for all.</summary>
    public IReadOnlyList<string> WitnessedChains { get; }

    /// <summary>How far an honest witness's clock may be ahead of the enclave's, in seconds.</summary>
    public ulong ClockAheadSeconds { get; }

    /// <summary>Takes a policy, and the chains that are final only with its quorum.</summary>
    /// <param name="policy">C2SP tlog-policy of witnesses, groups and a quorum; its URLs mean nothing here.
    /// </param>
    /// <param name="witnessedChains">Ids of chains, or a single <see cref="EveryChain"/>.</param>
    /// <param name="clockAheadSeconds">How far an honest witness's clock may be ahead of the enclave's, 1 to
    /// 30: that is behind by what the NSM took to answer. Opening a chain takes that long.</param>
    /// <exception cref="FormatException">With a sentence that says which rule was broken.</exception>
    public static WitnessDemand Parse(
        string policy, IReadOnlyList<string> witnessedChains,
        int clockAheadSeconds = DefaultClockAheadSeconds)
    {
        if (clockAheadSeconds is < 1 or > ClockAheadSecondsMax)
        {
            throw new FormatException(
                $"witness_clock_ahead_seconds is {clockAheadSeconds}; use 1 to {ClockAheadSecondsMax}.");
        }

        CheckChains(witnessedChains);
        return new WitnessDemand(policy, ParsePolicy(policy), witnessedChains, clockAheadSeconds);
    }

    /// <summary>Whether a chain is final only with a quorum.</summary>
    public bool IsWitnessed(string chainId) =>
        WitnessedChains is [EveryChain] || WitnessedChains.Contains(chainId);

    private static TlogPolicy ParsePolicy(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > Limits.WitnessPolicyBytesMax)
            throw Wrong($"it is over {Limits.WitnessPolicyBytesMax} bytes");
        TlogPolicy policy;
        try
        {
            policy = TlogPolicy.Parse(text);
        }
        catch (TlogException exception)
        {
            throw new FormatException($"witness_policy: {exception.Message}", exception);
        }

        if (policy.Logs.Count > 0)
            throw Wrong("it names a log; the enclave signs for the origins of its log prefix, so remove it");
        if (!policy.HasWitnesses)
            throw Wrong("its quorum is 'none'; name witnesses, or leave the key out to demand none");
        if (policy.Witnesses.Count > WitnessesMax)
            throw Wrong($"it has {policy.Witnesses.Count} witnesses; use at most {WitnessesMax}");
        return policy.QuorumsIntersect
            ? policy
            : throw Wrong($"two sets of witnesses without a common member both satisfy its quorum "
                + $"'{policy.QuorumName}', so that two histories could both be witnessed; raise a threshold "
                + "until any two quorums share a witness, better an honest one");
    }

    private static void CheckChains(IReadOnlyList<string> chains)
    {
        if (chains.Count > Limits.WitnessedChainsMax)
        {
            throw new FormatException(
                $"witnessed_chains has {chains.Count} ids; use at most {Limits.WitnessedChainsMax}, or "
                + $"[\"{EveryChain}\"].");
        }

        if (chains is [EveryChain])
            return;
        foreach (var chain in chains)
        {
            if (!ChainId.TryParse(chain, out _))
            {
                throw new FormatException($"witnessed_chains: '{chain}' is no chain id; use ids, or "
                    + $"[\"{EveryChain}\"] alone for all.");
            }
        }

        if (chains.Distinct(StringComparer.Ordinal).Count() != chains.Count)
            throw new FormatException("witnessed_chains names a chain twice.");
    }

    private static FormatException Wrong(string why) => new($"witness_policy: {why}.");
}
