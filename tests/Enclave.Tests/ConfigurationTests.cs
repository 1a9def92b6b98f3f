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
    [InlineData("", "no JSON in line 1: The input does not contain any JSON")]
    [InlineData("""{"log_prefix": "x/log"} x""", "no JSON in line 1: 'x' is invalid after")]
    [InlineData("{\n\"log_prefix\": \"x/log\",\n}",
        "no JSON in line 3: The JSON object contains a trailing comma at the end which is not")]
    [InlineData("null", "no JSON object")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{}", "log_prefix is missing")]
    [InlineData("""{"log_prefix": 1}""", "log_prefix is 1; expected a text in quotes.")]
    [InlineData("""{"log_prefix": null}""", "log_prefix is null; expected a text in quotes.")]
    [InlineData("""{"log_prefix": ""}""", "log prefix")]
    [InlineData("""{"log_prefix": "https://x/log"}""", "log prefix")]
    [InlineData("""{"log_prefix": "x/log/"}""", "no slash at either end.")]
    [InlineData("""{"log_prefix": "x/log", "log_prefix": "y/log"}""", "log_prefix is given twice.")]
    [InlineData("""{"log_prefix": "x/log", "chain_max": 5}""",
        "chain_max: there is no such key; there are log_prefix, chains_max, ")]
    [InlineData("""{"log_prefix": "x/log", "Chains_max": 5}""", "Chains_max: there is no such key")]
    [InlineData("""{"log_prefix": "x/log", "chains_max": 0}""",
        "chains_max is 0; expected a whole number from 1")]
    [InlineData("""{"log_prefix": "x/log", "chains_max": 10000001}""", "chains_max")]
    [InlineData("""{"log_prefix": "x/log", "chains_max": 99999999999999999999}""",
        "chains_max is 99999999999999999999; expected a whole number from 1 to 10000000.")]
    [InlineData("""{"log_prefix": "x/log", "chains_max": 5.5}""",
        "chains_max is 5.5; expected a whole number")]
    [InlineData("""{"log_prefix": "x/log", "chains_max": "5"}""",
        "chains_max is \"5\"; expected a whole number")]
    [InlineData("""{"log_prefix": "x/log", "chains_max": null}""",
        "chains_max is null; expected a whole number")]
    [InlineData(
        """{"log_prefix": "x/log", "anchor_age_max_seconds": 3601}""",
        "anchor_age_max_seconds is 3601; expected a whole number from 2 to 3600.")]
    [InlineData("""{"log_prefix": "x/log", "anchor_interval_seconds": 1800}""", "anchor_interval_seconds")]
    [InlineData(
        """{"log_prefix": "x/log", "anchor_age_max_seconds": 1}""",
        "anchor_age_max_seconds is 1; expected a whole number from 2 to 3600.")]
    [InlineData("""{"log_prefix": "x/log", "anchor_age_max_seconds": 9, "anchor_interval_seconds": 9}""",
        "from 1 to 8")]
    [InlineData("""{"log_prefix": "x/log", "witness_policy": null}""",
        "witness_policy is null; expected a list")]
    [InlineData("""{"log_prefix": "x/log", "witness_policy": {}}""",
        "witness_policy is a list or an object; expected")]
    [InlineData("""{"log_prefix": "x/log", "witness_policy": ["quorum a", null]}""",
        "witness_policy[1] is null")]
    [InlineData("""{"log_prefix": "x/log", "witness_policy": "quorum a"}""", "expected a list of texts")]
    [InlineData("""{"log_prefix": "x/log", "witnessed_chains": null}""", "nothing without a witness_policy.")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": null}""", "predecessors: The image is null")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": {"\ud800": 1}}""", "predecessors")]
    [InlineData("""{"log_prefix": "x/log", "\ud800": null}""", "The enclave's configuration: ")]
    [InlineData("""{"log_prefix": "x\u200b/log"}""", "log prefix")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": 5}""", "predecessors: The image is a number")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": []}""", "predecessors: The list has 0 images")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": {}}""", "predecessors: The image has no PCR0")]
    [InlineData("""{"log_prefix": "x/log", "predecessors": {"PCR0": "00"}}""", "PCR0")]
    public void Parse_AnythingElse_SaysWhichKey(string json, string named)
    {
        var act = () => Parse(json);
        act.Should().Throw<FormatException>().Which.Message.Should().Contain(named)
            .And.NotContainAny("Parameter", "LineNumber", "System.", "Sequencer.Enclave", "\n");
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
