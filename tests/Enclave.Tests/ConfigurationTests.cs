using System.Text;
using Sequencer.Simulation;

namespace Sequencer.Enclave.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void Parse_TheLogPrefixAlone_HasTheDefaults() =>
        Parse("""{"log_prefix": "sequencer.example/log"}""").Should().Be(
            new EnclaveConfiguration
            {
                LogPrefix = "sequencer.example/log",
                ChainsMax = 100_000,
                AnchorIntervalSeconds = 300,
                AnchorAgeMaxSeconds = 1_800,
                Predecessors = null,
            });

    [Fact]
    public void Parse_EveryKey_IsTaken()
    {
        var image = SimulatedNsm.Image;
        var configuration = Parse(
            $$"""
            {"log_prefix": "x/log", "chains_max": 5,
             "anchor_interval_seconds": 6, "anchor_age_max_seconds": 7,
             "predecessors": [{"PCR0": "{{Hex(image.Pcr0)}}",
                               "PCR1": "{{Hex(image.Pcr1)}}", "PCR2": "{{Hex(image.Pcr2)}}"}]}
            """);
        (configuration.LogPrefix, configuration.ChainsMax, configuration.AnchorIntervalSeconds,
            configuration.AnchorAgeMaxSeconds).Should().Be(("x/log", 5, 6, 7));
        configuration.Predecessors!.Images.Should().ContainSingle().Which.Measurement.Should().Be(image);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("null", "no JSON object")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{}", "log_prefix")]
    [InlineData("""{"log_prefix": 1}""", "log_prefix")]
    [InlineData("""{"log_prefix": null}""", "log")]
    [InlineData("""{"log_prefix": ""}""", "log prefix")]
    [InlineData("""{"log_prefix": "https://x/log"}""", "log prefix")]
    [InlineData("""{"log_prefix": "x/log/"}""", "log prefix")]
    [InlineData("""{"log_prefix": "x/log", "log_prefix": "y/log"}""", "log_prefix")]
    [InlineData("""{"log_prefix": "x/log", "chain_max": 5}""", "chain_max")]
    [InlineData("""{"log_prefix": "x/log", "chains_max": 0}""", "chains_max")]
    [InlineData("""{"log_prefix": "x/log", "chains_max": 10000001}""", "chains_max")]
    [InlineData("""{"log_prefix": "x/log", "chains_max": "5"}""", "chains_max")]
    [InlineData(
        """{"log_prefix": "x/log", "anchor_age_max_seconds": 3601}""", "anchor_age_max_seconds is 3601; use 2 to 3600")]
    [InlineData("""{"log_prefix": "x/log", "anchor_interval_seconds": 1800}""", "anchor_interval_seconds")]
    [InlineData(
        """{"log_prefix": "x/log", "anchor_age_max_seconds": 1}""", "anchor_age_max_seconds is 1; use 2 to 3600")]
    [InlineData("""{"log_prefix": "x/log", "anchor_age_max_seconds": 9, "anchor_interval_seconds": 9}""", "use 1 to 8")]
    [InlineData("""{"log_prefix": "x/log", "witness_policy": null}""", "witness_policy is null")]
    [InlineData("""{"log_prefix": "x/log", "witness_policy": ["quorum a", null]}""", "witness_policy has a null in it")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": null}""", "predecessors is null")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": {"\ud800": 1}}""", "predecessors")]
    [InlineData("""{"log_prefix": "x/log", "\ud800": null}""", "")]
    [InlineData("""{"log_prefix": "x\u200b/log"}""", "log prefix")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": 5}""", "")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": []}""", "")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": {"PCR0": "00"}}""", "PCR0")]
    public void Parse_AnythingElse_SaysWhichKey(string json, string named)
    {
        var act = () => Parse(json);
        act.Should().Throw<FormatException>().WithMessage($"*{named}*");
    }

    [Fact]
    public void Parse_ASmallAge_HasAnIntervalBelowIt() =>
        Parse("""{"log_prefix": "x/log", "anchor_age_max_seconds": 200}""").AnchorIntervalSeconds.Should().Be(199);

    [Fact]
    public void Parse_AFileThatIsTooLong_IsRefused()
    {
        var act = () => Parse("""{"log_prefix": "x/log"}""" + new string(' ', 65_536));
        act.Should().Throw<FormatException>();
    }

    [Fact]
    public void Parse_SoManyPredecessorsThatThisImageHasNoRoom_IsRefused()
    {
        var images = Enumerable.Range(1, 64).Select(i =>
            $$"""{"PCR0": "{{i:x96}}", "PCR1": "{{i:x96}}", "PCR2": "{{i:x96}}"}""");
        var json = $$"""{"log_prefix": "x/log", "predecessors": [{{string.Join(',', images)}}]}""";
        var act = () => Parse(json);
        act.Should().Throw<FormatException>().WithMessage("*at most 63*");
    }

    private static EnclaveConfiguration Parse(string json) =>
        EnclaveConfiguration.Parse(Encoding.UTF8.GetBytes(json));

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
