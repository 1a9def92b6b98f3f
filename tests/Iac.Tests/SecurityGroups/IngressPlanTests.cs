using CsCheck;
using Sequencer.Iac.SecurityGroups;

namespace Sequencer.Iac.Tests.SecurityGroups;

public sealed class IngressPlanTests
{
    private static readonly string[] Sources = ["10.0.0.1/32", "::/0", "sg-1"];

    private static readonly Gen<IReadOnlyList<IngressRule>> Rules =
        Gen.Select(Gen.Int[20, 24], Gen.Int[0, 2].Select(one => Sources[one]))
            .Select((port, source) => new IngressRule("tcp", port, port, source))
            .List[0, 8].Select(rules => (IReadOnlyList<IngressRule>)[.. rules.Distinct()]);

    [Fact]
    public void Between_AnyTwoSets_TurnsOneIntoTheOther() =>
        Gen.Select(Rules, Rules).Sample((current, wanted) =>
        {
            var plan = IngressPlan.Between(current, wanted);
            current.Except(plan.Remove).Concat(plan.Add).Should().BeEquivalentTo(wanted);
            plan.Remove.Should().BeSubsetOf(current);
            plan.IsEmpty.Should().Be(current.ToHashSet().SetEquals(wanted));
        });
}
