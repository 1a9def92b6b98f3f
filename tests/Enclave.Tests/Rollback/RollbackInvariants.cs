using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests.Rollback;

/// <summary>
/// What must never be, held against everything that was signed, whether or not the host was told. Liars count
/// as having cosigned everything.
/// </summary>
/// <param name="policy">The policy that the enclaves measure.</param>
/// <param name="liars">Keys of its witnesses that lie.</param>
/// <param name="sealedOrigin">The chain of witnessed finality.</param>
internal sealed class RollbackInvariants(
    TlogPolicy policy, IReadOnlyList<VerifierKey> liars, string sealedOrigin)
{
    /// <summary>
    /// An opening may have missed what a quorum cosigned this long before it: 60 s, two clocks that are a
    /// second off each, and a second because times are whole ones.
    /// </summary>
    private const long MissedMsMax = 63_000;

    private readonly Dictionary<Checkpoint, Fact> _facts = [];
    private int _events;

    /// <summary>Checkpoints that carry a quorum.</summary>
    public int Quorums => _facts.Values.Count(fact => fact.QuorumEvent is not null);

    /// <summary>The number of the next event, to remember a moment by.</summary>
    public int Moment() => _events++;

    /// <summary>An honest witness cosigned.</summary>
    public void Witnessed(History history, VerifierKey witness, long nowMs)
    {
        var fact = Find(history);
        fact.Witnesses.Add(witness);
        if (fact.QuorumEvent is not null || !policy.Evaluate([.. fact.Witnesses, .. liars]).IsSatisfied)
            return;
        (fact.QuorumEvent, fact.QuorumMs) = (Moment(), nowMs);
        CheckQuorums(fact);
    }

    /// <summary>An enclave cosigned.</summary>
    public void Cosigned(History history)
    {
        var fact = Find(history);
        fact.IsByEnclave = true;
        CheckQuorums(fact);
        if (history.Origin != sealedOrigin)
            return;
        foreach (var other in Others(fact).Where(other => other.IsByEnclave))
        {
            throw new RollbackViolationException(
                $"I2: enclaves cosigned {history} and, against it, {other.History}");
        }
    }

    /// <summary>An enclave opened a chain.</summary>
    public void Opened(History start, int begunEvent, long nowMs)
    {
        foreach (var fact in _facts.Values.Where(fact => fact.History.Origin == start.Origin))
        {
            if (fact.QuorumEvent is not { } quorum || fact.History.IsPrefixOf(start))
                continue;
            if (quorum < begunEvent)
            {
                throw new RollbackViolationException(
                    $"I3: opened at {start}, begun after a quorum had cosigned {fact.History}");
            }

            if (fact.QuorumMs < nowMs - MissedMsMax)
            {
                var lateMs = nowMs - fact.QuorumMs;
                throw new RollbackViolationException(
                    $"I3: opened at {start}, {lateMs} ms after a quorum had cosigned {fact.History}");
            }
        }
    }

    private void CheckQuorums(Fact fact)
    {
        if (!fact.IsByEnclave || fact.QuorumEvent is null)
            return;
        foreach (var other in Others(fact).Where(other => other.IsByEnclave && other.QuorumEvent is not null))
        {
            throw new RollbackViolationException(
                $"I1: enclaves and quorums cosigned {fact.History} and, against it, {other.History}");
        }
    }

    private IEnumerable<Fact> Others(Fact fact) => _facts.Values.Where(other =>
        other.History.Origin == fact.History.Origin && other.History.Contradicts(fact.History));

    private Fact Find(History history)
    {
        if (!_facts.TryGetValue(history.Checkpoint, out var fact))
            _facts.Add(history.Checkpoint, fact = new Fact(history));
        return fact;
    }

    private sealed class Fact(History history)
    {
        public History History => history;

        public HashSet<VerifierKey> Witnesses { get; } = [];

        public bool IsByEnclave { get; set; }

        public int? QuorumEvent { get; set; }

        public long QuorumMs { get; set; }
    }
}

/// <summary>Something happened that must never be.</summary>
internal sealed class RollbackViolationException(string message) : Exception(message);
