using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>What may be demanded of witnesses; anything else keeps the enclave from booting.</summary>
public sealed class WitnessDemandTests : IDisposable
{
    private readonly TestWitnesses _witnesses = new("a", "b", "c");

    [Fact]
    public void Parse_APolicyAlone_DemandsItsQuorum()
    {
        var demand = Configure(_witnesses.Policy(2), chains: null).Witnesses!;
        demand.Policy.Witnesses.Should().HaveCount(3);
        demand.Policy.QuorumName.Should().Be("q");
        demand.PolicyText.Should().Be(_witnesses.Policy(2) + "\n", "what is measured is told as it is");
        (demand.WitnessedChains.Count, demand.ClockAheadSeconds).Should().Be((0, 2ul));
        demand.IsWitnessed("demo").Should().BeFalse();
    }

    [Fact]
    public void Parse_WitnessedChains_AreThoseNamed()
    {
        var demand = Configure(_witnesses.Policy(2), """["demo", "x.y"]""", ahead: 1).Witnesses!;
        new[] { "demo", "x.y", "dem", "demo2" }.Select(demand.IsWitnessed)
            .Should().Equal(true, true, false, false);
        demand.ClockAheadSeconds.Should().Be(1);
        Configure(_witnesses.Policy(3), """["*"]""").Witnesses!.IsWitnessed("anything").Should().BeTrue();
    }

    [Theory]
    [InlineData("quorum none", "quorum is 'none'")]
    [InlineData("group q 1 a b c\nquorum q", "without a common member")]
    [InlineData("group q 1 a b\nquorum q", "without a common member")]
    [InlineData("group l any a b\ngroup q any l c\nquorum q", "without a common member")]
    [InlineData("group q 2 a b", "quorum")]
    [InlineData("group q 4 a b c\nquorum q", "threshold")]
    [InlineData("quorum d", "'d' is not a witness")]
    [InlineData("log x\nquorum a", "Line 4")]
    [InlineData("", "quorum")]
    public void Parse_APolicyThatProtectsNothing_IsRefused(string rest, string why) =>
        Refused(_witnesses.Policy(rest), "[]").Should().StartWith("witness_policy: ").And.Contain(why);

    [Fact]
    public void Parse_APolicyOfOneWitness_IsTaken() =>
        Configure(_witnesses.Policy("quorum b\n"), "[]").Witnesses!.Policy.QuorumsIntersect.Should().BeTrue();

    [Fact]
    public void Parse_APolicyThatNamesALog_IsRefused()
    {
        using var signer = NoteSigner.Generate();
        var log = VerifierKey.Create(Epoch.Demo, SignatureType.Ed25519, signer.PublicKey.Span);
        Refused($"log {log}\n" + _witnesses.Policy(2), "[]")
            .Should().StartWith("witness_policy: it names a log");
    }

    [Fact]
    public void Parse_MoreWitnessesThanAPolicyShouldHave_IsRefused()
    {
        using var many = new TestWitnesses([.. Enumerable.Range(0, 33).Select(i => $"w{i}")]);
        Refused(many.Policy(17), "[]").Should().Contain("33 witnesses").And.Contain("at most 32");
    }

    [Fact]
    public void Parse_APolicyLongerThanAMessageMayCarry_IsRefused() =>
        Refused(_witnesses.Policy(2) + new string('#', 32 * 1024), "[]").Should().Contain("over 32768 bytes");

    [Theory]
    [InlineData("""["demo", "*"]""", "'*' is no chain id")]
    [InlineData("""["Demo"]""", "'Demo' is no chain id")]
    [InlineData("""[""]""", "'' is no chain id")]
    [InlineData("""["demo", "demo"]""", "twice")]
    [InlineData("""[null]""", "witnessed_chains[0] is null; expected a text")]
    [InlineData("""[1]""", "witnessed_chains[0] is 1; expected a text")]
    [InlineData("""["a", "b"], "witness_clock_ahead_seconds": 31""", "from 1 to 30")]
    [InlineData("""["a", "b"], "witness_clock_ahead_seconds": 0""", "from 1 to 30")]
    public void Parse_ChainsThatAreNone_AreRefused(string chains, string why) =>
        Refused(_witnesses.Policy(2), chains).Should().Contain(why);

    [Fact]
    public void Parse_MoreChainsThanAMessageMayCarry_AreRefused()
    {
        var chains = Json(Enumerable.Range(0, 1025).Select(i => $"c{i}"));
        Refused(_witnesses.Policy(2), chains).Should().Contain("at most 1024");
    }

    [Theory]
    [InlineData("""{"log_prefix": "x/log", "witnessed_chains": ["*"]}""")]
    [InlineData("""{"log_prefix": "x/log", "witnessed_chains": []}""")]
    [InlineData("""{"log_prefix": "x/log", "witness_clock_ahead_seconds": 3}""")]
    public void Parse_WithoutAPolicy_NothingMayBeSaidOfWitnesses(string json)
    {
        var act = () => EnclaveConfiguration.Parse(Encoding.UTF8.GetBytes(json));
        act.Should().Throw<FormatException>().WithMessage("*without a witness_policy*");
    }

    public void Dispose() => _witnesses.Dispose();

    private static EnclaveConfiguration Configure(string policy, string? chains, int? ahead = null)
    {
        var lines = Json(policy.Split('\n'));
        var json = $$"""{"log_prefix": "x/log", "witness_policy": {{lines}}""";
        if (chains is not null)
            json += $", \"witnessed_chains\": {chains}";
        if (ahead is not null)
            json += $", \"witness_clock_ahead_seconds\": {ahead}";
        return EnclaveConfiguration.Parse(Encoding.UTF8.GetBytes(json + "}"));
    }

    /// <summary>Texts without quotes, as an array.</summary>
    private static string Json(IEnumerable<string> texts) => $"[\"{string.Join("\", \"", texts)}\"]";

    private static string Refused(string policy, string chains)
    {
        var act = () => Configure(policy, chains);
        return act.Should().Throw<FormatException>().Which.Message;
    }
}
