using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests.Rollback;

/// <summary>A policy, and which of its witnesses lie.</summary>
/// <param name="Witnesses">Names, a letter each.</param>
/// <param name="Liars">Those that lie.</param>
/// <param name="Rest">Groups and quorum.</param>
internal sealed record RollbackPolicy(string Witnesses, string Liars, string Rest)
{
    /// <summary>Any two quorums share an honest witness, and that just so.</summary>
    public static IReadOnlyList<RollbackPolicy> Safe { get; } =
    [
        new("a", "", "quorum a\n"),
        new("ab", "", "group q all a b\nquorum q\n"),
        new("ab", "b", "group q all a b\nquorum q\n"),
        new("abc", "", "group q 2 a b c\nquorum q\n"),
        new("abcd", "d", "group q 3 a b c d\nquorum q\n"),
        new("abcde", "ce", "group q 4 a b c d e\nquorum q\n"),
        new("abcde", "e", "group l 2 a b c\ngroup r any d e\ngroup q all l r\nquorum q\n"),
    ];

    /// <summary>Two quorums can be disjoint: an enclave refuses to boot with these.</summary>
    public static IReadOnlyList<RollbackPolicy> Disjoint { get; } =
    [
        new("ab", "", "group q any a b\nquorum q\n"),
        new("abcd", "", "group q 2 a b c d\nquorum q\n"),
    ];

    /// <summary>Tried out, set by set.</summary>
    public bool AnyTwoQuorumsShareAnHonestWitness(
        TlogPolicy policy, IReadOnlyList<RollbackWitness> witnesses)
    {
        var honest = Mask(witnesses, witness => !witness.IsLiar);
        var quorums = Enumerable.Range(0, 1 << witnesses.Count).Where(IsQuorum).ToArray();
        return quorums.All(one => quorums.All(other => (one & other & honest) != 0));

        bool IsQuorum(int set) => policy.Evaluate(
            witnesses.Where((_, i) => (set >> i & 1) != 0).Select(witness => witness.Key)).IsSatisfied;
    }

    public TlogPolicy Parse(IEnumerable<RollbackWitness> witnesses) => TlogPolicy.Parse(Text(witnesses));

    public string Text(IEnumerable<RollbackWitness> witnesses) =>
        string.Concat(witnesses.Select(witness => $"witness {witness.Name} {witness.Key}\n")) + Rest;

    private static int Mask(IReadOnlyList<RollbackWitness> witnesses, Func<RollbackWitness, bool> isIn) =>
        Enumerable.Range(0, witnesses.Count).Where(i => isIn(witnesses[i])).Sum(i => 1 << i);
}
