namespace Sequencer.Witness;

/// <summary>
/// The logs that were cosigned, and those that are about to be, by origin and by the hash in monitoring URLs.
/// Bounded by the rules' limits of origins. Safe for concurrent use.
/// </summary>
internal sealed class WitnessedLogs : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, WitnessedLog> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<LogRule, int> _counts = new(ReferenceEqualityComparer.Instance);

    public WitnessedLogs(LogRules rules, IEnumerable<CosignedCheckpoint> state)
    {
        foreach (var cosigned in state)
        {
            rules.TryFind(cosigned.Checkpoint.Origin, out var rule, out _);
            Add(StateStore.NameOf(cosigned.Checkpoint.Origin), rule).Last = cosigned;
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _byName.Count;
        }
    }

    /// <summary>The log of a monitoring URL; null when it was never asked for.</summary>
    public WitnessedLog? Find(string originHash)
    {
        lock (_lock)
            return _byName.GetValueOrDefault(originHash);
    }

    /// <summary>The log of an origin, new if need be; null when the rule has as many as it may.</summary>
    public WitnessedLog? FindOrAdd(string origin, LogRule rule)
    {
        var name = StateStore.NameOf(origin);
        lock (_lock)
        {
            if (_byName.TryGetValue(name, out var known))
                return known;
            return _counts.GetValueOrDefault(rule) < rule.OriginsMax ? Add(name, rule) : null;
        }
    }

    public void Dispose()
    {
        foreach (var log in _byName.Values)
            log.Dispose();
    }

    private WitnessedLog Add(string name, LogRule? rule)
    {
        var log = new WitnessedLog();
        _byName.Add(name, log);
        if (rule is not null)
            _counts[rule] = _counts.GetValueOrDefault(rule) + 1;
        return log;
    }
}
