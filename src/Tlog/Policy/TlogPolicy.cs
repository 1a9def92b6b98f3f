namespace Sequencer.Tlog;

/// <summary>
/// Which logs are accepted and which witnesses must have cosigned (C2SP tlog-policy). Immutable.
/// </summary>
public sealed class TlogPolicy
{
    /// <summary>Largest policy text, in characters.</summary>
    public const int MaxLength = 262_144;

    /// <summary>Most logs, most witnesses and most groups; the specification asks for 32 of each.</summary>
    public const int MaxPerKind = 256;

    private readonly QuorumNode? _quorum;

    internal TlogPolicy(
        IReadOnlyList<PolicyLog> logs, IReadOnlyList<PolicyWitness> witnesses, QuorumNode? quorum)
    {
        Logs = logs;
        Witnesses = witnesses;
        _quorum = quorum;
    }

    /// <summary>The accepted logs, in the order of the text.</summary>
    public IReadOnlyList<PolicyLog> Logs { get; }

    /// <summary>
    /// The known witnesses, in the order of the text, whether or not the quorum needs them.
    /// </summary>
    public IReadOnlyList<PolicyWitness> Witnesses { get; }

    /// <summary>Whether the quorum demands any witness; false for <c>quorum none</c>.</summary>
    public bool HasWitnesses => _quorum is not null;

    /// <summary>The name on the quorum line.</summary>
    public string QuorumName => _quorum?.Name ?? PolicyParser.None;

    /// <summary>
    /// Whether any two sets of witnesses that satisfy the quorum have a witness in common. When they do not,
    /// two histories can both be witnessed without any witness misbehaving; always false for
    /// <c>quorum none</c>.
    /// </summary>
    public bool QuorumsIntersect => _quorum is not null && !_quorum.CanBeSatisfiedTwice;

    /// <summary>Every key of the policy, for <see cref="SignedNote.Verify"/>.</summary>
    public IReadOnlyCollection<VerifierKey> Keys =>
        [.. Logs.Select(l => l.Key), .. Witnesses.Select(w => w.Key)];

    /// <summary>The keys of the logs with this origin, in the order of the text; none for another's.</summary>
    public IReadOnlyList<VerifierKey> KeysOf(string origin) =>
        [.. from log in Logs where log.Key.Name == origin select log.Key];

    /// <summary>Reads a policy.</summary>
    /// <exception cref="TlogException">
    /// With <see cref="TlogError.MalformedPolicy"/>, <see cref="TlogError.DuplicateInPolicy"/>,
    /// <see cref="TlogError.UnknownNameInPolicy"/>, <see cref="TlogError.PolicyTooComplex"/>,
    /// <see cref="TlogError.UnsupportedKeyType"/>, <see cref="TlogError.ControlCharacter"/>,
    /// <see cref="TlogError.TooLarge"/>, or what <see cref="VerifierKey.Parse"/> refuses. The message names
    /// the line.
    /// </exception>
    public static TlogPolicy Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new PolicyParser().Parse(text);
    }

    /// <summary>
    /// Judges the witnesses that cosigned; keys that are no witness of this policy do not count.
    /// </summary>
    public QuorumResult Evaluate(IEnumerable<VerifierKey> cosigners)
    {
        ArgumentNullException.ThrowIfNull(cosigners);
        var keys = cosigners.ToHashSet();
        var cosigned = Witnesses.Where(w => keys.Contains(w.Key)).ToList();
        var missing = Witnesses.Where(w => !keys.Contains(w.Key)).ToList();
        if (_quorum is null)
            return new QuorumResult(true, cosigned, missing, "The policy demands no witnesses.");
        var satisfied = _quorum.IsSatisfiedBy(cosigned.ToHashSet());
        var verdict = satisfied ? "is reached" : "is not reached";
        var names = cosigned.Count == 0 ? "no witness" : string.Join(", ", cosigned.Select(w => w.Name));
        return new QuorumResult(satisfied, cosigned, missing,
            $"The quorum '{_quorum.Name}' {verdict}: cosigned by {names}.");
    }
}
