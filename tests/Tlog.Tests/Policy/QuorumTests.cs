using System.Globalization;
using System.Text;
using CsCheck;

namespace Sequencer.Tlog.Tests;

/// <summary>
/// Quorums of random policies of up to eight witnesses, against every set of witnesses there is.
/// </summary>
public sealed class QuorumTests
{
    private static readonly VerifierKey[] Keys =
        [.. Enumerable.Range(0, 8).Select(i => TestKeys.WitnessKey($"witness.example/{i}", (byte)(10 + i)))];

    private static readonly Gen<Model> AnyPolicy = Gen.Select(
        Gen.Int[1, 8], Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[0, 100]).Array[0, 6], Gen.Int[0, 100])
        .Select(Build);

    [Fact]
    public void Evaluate_EverySetOfWitnesses_AgreesWithTheDefinition() =>
        AnyPolicy.Sample(model =>
        {
            var policy = TlogPolicy.Parse(model.Text);
            for (var set = 0; set < 1 << model.Witnesses; set++)
            {
                policy.Evaluate(Keys.Where((_, i) => (set >> i & 1) != 0)).IsSatisfied
                    .Should().Be(model.Quorum.IsSatisfiedBy(set), model.Text);
            }
        }, iter: 150);

    [Fact]
    public void QuorumsIntersect_AgreesWithEveryPairOfDisjointSets() =>
        AnyPolicy.Sample(model =>
        {
            var disjoint = false;
            for (var first = 0; first < 1 << model.Witnesses; first++)
            {
                for (var second = 0; second < 1 << model.Witnesses; second++)
                {
                    disjoint |= (first & second) == 0
                        && model.Quorum.IsSatisfiedBy(first) && model.Quorum.IsSatisfiedBy(second);
                }
            }

            TlogPolicy.Parse(model.Text).QuorumsIntersect.Should().Be(!disjoint, model.Text);
        }, iter: 150);

    [Theory]
    [InlineData(3, "2", true)]
    [InlineData(4, "2", false)]
    [InlineData(4, "3", true)]
    [InlineData(2, "any", false)]
    [InlineData(2, "all", true)]
    [InlineData(1, "any", true)]
    public void QuorumsIntersect_OneGroup_NeedsAMajority(int witnesses, string threshold, bool expected)
    {
        var text = new StringBuilder();
        for (var i = 0; i < witnesses; i++)
            text.Append(CultureInfo.InvariantCulture, $"witness w{i} {Keys[i]}\n");
        var names = string.Join(' ', Enumerable.Range(0, witnesses).Select(i => $"w{i}"));

        TlogPolicy.Parse($"{text}group g {threshold} {names}\nquorum g\n").QuorumsIntersect
            .Should().Be(expected);
    }

    private static Model Build(int witnesses, (int Count, int Threshold, int Start)[] groups, int quorum)
    {
        var text = new StringBuilder();
        var all = new List<Node>();
        for (var i = 0; i < witnesses; i++)
        {
            all.Add(new Node($"w{i}", i, 0, []));
            text.Append(CultureInfo.InvariantCulture, $"witness w{i} {Keys[i]}\n");
        }

        // Each group takes names that are in no group yet.
        var free = new List<Node>(all);
        for (var g = 0; g < groups.Length; g++)
        {
            var (count, threshold, start) = groups[g];
            var members = Enumerable.Range(0, Math.Min(count, free.Count))
                .Select(i => free[(start + i) % free.Count]).ToList();
            free.RemoveAll(members.Contains);
            var node = new Node($"g{g}", -1, Math.Min(threshold, members.Count), members);
            free.Add(node);
            all.Add(node);
            var names = string.Join(' ', members.Select(m => m.Name));
            text.Append(CultureInfo.InvariantCulture, $"group {node.Name} {node.Threshold} {names}\n");
        }

        // Mostly the last name defined, which has the most under it; any name now and then.
        var chosen = quorum < 80 ? all[^1] : all[quorum % all.Count];
        text.Append(CultureInfo.InvariantCulture, $"quorum {chosen.Name}\n");
        return new Model(text.ToString(), witnesses, chosen);
    }

    private sealed record Model(string Text, int Witnesses, Node Quorum);

    private sealed record Node(string Name, int Witness, int Threshold, List<Node> Members)
    {
        public bool IsSatisfiedBy(int set) =>
            Witness >= 0
                ? (set >> Witness & 1) != 0
                : Members.Count(m => m.IsSatisfiedBy(set)) >= Threshold;
    }
}
