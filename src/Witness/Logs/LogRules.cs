using System.Diagnostics.CodeAnalysis;
using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>All logs that this witness cosigns. Immutable.</summary>
internal sealed class LogRules(IReadOnlyList<LogRule> rules)
{
    /// <summary>A single log first, then the longest prefix: the most particular rule decides.</summary>
    private readonly LogRule[] _rules =
        [.. rules.OrderBy(rule => rule.Prefix is not null).ThenByDescending(rule => rule.Prefix?.Length)];

    public IReadOnlyList<LogRule> All => _rules;

    /// <summary>Whether the origin's log is known, and under which rule and key.</summary>
    public bool TryFind(
        string origin, [NotNullWhen(true)] out LogRule? rule, [NotNullWhen(true)] out VerifierKey? key)
    {
        foreach (var candidate in _rules)
        {
            if (candidate.KeyOf(origin) is not { } found)
                continue;
            (rule, key) = (candidate, found);
            return true;
        }

        (rule, key) = (null, null);
        return false;
    }
}
