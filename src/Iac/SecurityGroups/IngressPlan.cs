namespace Sequencer.Iac.SecurityGroups;

/// <summary>What turns the rules that a group has into those that are wanted.</summary>
internal sealed record IngressPlan(IReadOnlyList<IngressRule> Add, IReadOnlyList<IngressRule> Remove)
{
    public bool IsEmpty => Add.Count == 0 && Remove.Count == 0;

    public static IngressPlan Between(
        IReadOnlyList<IngressRule> current, IReadOnlyList<IngressRule> wanted) =>
        new([.. wanted.Except(current)], [.. current.Except(wanted)]);
}
