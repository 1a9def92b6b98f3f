using System.Globalization;

namespace Sequencer.Tlog.Tests;

public sealed class TlogPolicyTests
{
    private static readonly VerifierKey Log = TestKeys.LogKey();
    private static readonly VerifierKey[] Keys =
        [.. Enumerable.Range(0, 6).Select(i => TestKeys.WitnessKey($"witness.example/{i}", (byte)(10 + i)))];

    /// <summary>The example of the specification: two of three X, and any of three Y.</summary>
    private static readonly string Example = $"""
        log {Log} https://log.example/

        witness X1 {Keys[0]}
        witness X2 {Keys[1]} https://witness.example/x2
        witness X3 {Keys[2]}
        group X-witnesses 2 X1 X2 X3

        witness Y1 {Keys[3]}
        witness Y2 {Keys[4]}
        witness Y3 {Keys[5]}
        group Y-witnesses any Y1 Y2 Y3

        group X-and-Y all X-witnesses Y-witnesses
        quorum X-and-Y

        """;

    [Fact]
    public void Parse_TheSpecificationsExample_HasItsParts()
    {
        var policy = TlogPolicy.Parse(Example);

        policy.Logs.Should().Equal(new PolicyLog(Log, "https://log.example/"));
        policy.Witnesses.Select(w => w.Name).Should().Equal("X1", "X2", "X3", "Y1", "Y2", "Y3");
        policy.Witnesses.Select(w => w.Key).Should().Equal(Keys);
        policy.Witnesses[1].Url.Should().Be("https://witness.example/x2");
        policy.Witnesses[0].Url.Should().BeNull();
        policy.QuorumName.Should().Be("X-and-Y");
        policy.HasWitnesses.Should().BeTrue();
        policy.Keys.Should().BeEquivalentTo([Log, .. Keys]);
    }

    [Fact]
    public void KeysOf_AnOrigin_AreThoseOfItsLogsAlone()
    {
        var rotated = TestKeys.Key(Log.Name, SignatureType.Ed25519, 30);
        var other = TestKeys.Key("other.example/log", SignatureType.Ed25519, 31);
        var policy = TlogPolicy.Parse($"log {Log}\nlog {other}\nlog {rotated}\nquorum none\n");

        policy.KeysOf(Log.Name).Should().Equal(Log, rotated);
        policy.KeysOf("stranger.example/log").Should().BeEmpty();
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("0 1 2", false)]
    [InlineData("3 4 5", false)]
    [InlineData("0 3", false)]
    [InlineData("0 1 3", true)]
    [InlineData("1 2 5", true)]
    [InlineData("0 1 2 3 4 5", true)]
    public void Evaluate_TheSpecificationsExample_FollowsItsRule(string cosigners, bool satisfied)
    {
        var keys = cosigners.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(i => Keys[int.Parse(i, CultureInfo.InvariantCulture)]).ToList();
        // Keys that are no witness of the policy, and repeated ones, change nothing.
        var result = TlogPolicy.Parse(Example)
            .Evaluate([.. keys, .. keys, Log, TestKeys.WitnessKey("stranger")]);

        result.IsSatisfied.Should().Be(satisfied);
        result.Cosigned.Select(w => w.Key).Should().Equal(keys);
        result.Missing.Should().HaveCount(Keys.Length - keys.Count);
        result.Reason.Should().Contain(satisfied ? "is reached" : "is not reached");
    }

    [Fact]
    public void Evaluate_SameWitnessKeyUnderAnotherNameOrType_DoesNotCount()
    {
        var policy = TlogPolicy.Parse($"witness W {Keys[0]}\nquorum W\n");
        var renamed = TestKeys.WitnessKey("another.example", 10);
        var retyped = TestKeys.Key(Keys[0].Name, SignatureType.Ed25519, 10);

        policy.Evaluate([renamed, retyped]).IsSatisfied.Should().BeFalse();
        policy.Evaluate([Keys[0]]).IsSatisfied.Should().BeTrue();
    }

    [Fact]
    public void Parse_QuorumNone_DemandsNobody()
    {
        var policy = TlogPolicy.Parse($"log {Log}\nwitness W {Keys[0]}\nquorum none\n");

        policy.HasWitnesses.Should().BeFalse();
        policy.QuorumsIntersect.Should().BeFalse();
        policy.QuorumName.Should().Be("none");
        policy.Evaluate([]).IsSatisfied.Should().BeTrue();
        policy.Evaluate([Keys[0]]).Cosigned.Should().ContainSingle();
        TlogPolicy.Parse("quorum none").Logs.Should().BeEmpty();
    }

    [Fact]
    public void Parse_TabsSpacesCommentsAndBlankLines_AreAllowed()
    {
        var policy = TlogPolicy.Parse(
            $"# comment é\n \t# indented\n\n \t \n\t witness\tW \t {Keys[0]}  \t\n#quorum none\nquorum\tW\t");

        policy.Witnesses.Should().ContainSingle().Which.Name.Should().Be("W");
    }

    [Fact]
    public void Parse_NamesThatLookAlike_AreDifferent()
    {
        // The letter K and the Kelvin sign; and words that are keywords elsewhere.
        var policy = TlogPolicy.Parse(
            $"witness K {Keys[0]}\nwitness \u212a {Keys[1]}\nwitness any {Keys[2]}\n"
            + "group all all any K\nquorum all");

        policy.Evaluate([Keys[1], Keys[2]]).IsSatisfied.Should().BeFalse();
        policy.Evaluate([Keys[0], Keys[2]]).IsSatisfied.Should().BeTrue();
    }

    [Fact]
    public void Parse_QuorumBeforeLaterLines_IsAllowed() =>
        TlogPolicy.Parse($"witness W {Keys[0]}\nquorum W\nwitness V {Keys[1]}\nlog {Log}\n")
            .Witnesses.Should().HaveCount(2);

    [Fact]
    public void Parse_SameKeyForALogAndAWitness_IsAllowed() =>
        TlogPolicy.Parse($"log {Log}\nwitness W {TestKeys.WitnessKey("w", seed: 1)}\nquorum W\n")
            .Logs.Should().ContainSingle();
}
