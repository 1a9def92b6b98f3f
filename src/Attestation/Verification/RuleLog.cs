namespace Sequencer.Attestation;

/// <summary>Evaluates rules in their order and writes down what became of each.</summary>
internal sealed class RuleLog
{
    private readonly List<AttestationCheck> _checks = [];

    public IReadOnlyList<AttestationCheck> Checks => _checks;

    /// <summary>The first rule that failed; null while none did.</summary>
    public AttestationException? FirstFailure { get; private set; }

    /// <summary>
    /// Evaluates a rule whose body throws, or says in a sentence what it found; true when it passed.
    /// </summary>
    public bool Rule(string rule, bool reached, Func<string> body)
    {
        if (!reached)
        {
            _checks.Add(new AttestationCheck(rule, CheckOutcome.NotReached, "A rule it builds on failed."));
            return false;
        }

        try
        {
            _checks.Add(new AttestationCheck(rule, CheckOutcome.Passed, body()));
            return true;
        }
        catch (AttestationException exception)
        {
            FirstFailure ??= exception;
            _checks.Add(new AttestationCheck(rule, CheckOutcome.Failed, exception.Message, exception.Reason));
            return false;
        }
    }

    /// <summary>Evaluates a rule that has nothing to say when it passes.</summary>
    public bool Rule(string rule, bool reached, Action body) => Rule(rule, reached, () =>
    {
        body();
        return "";
    });

    public void NotAsked(string rule, string why) =>
        _checks.Add(new AttestationCheck(rule, CheckOutcome.NotAsked, why));
}
