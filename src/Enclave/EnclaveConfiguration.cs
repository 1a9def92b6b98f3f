using System.Text.Json;
using System.Text.Json.Serialization;
using Sequencer.Attestation;

namespace Sequencer.Enclave;

/// <summary>
/// The configuration that matters for trust. On Nitro it is a file inside the image, so PCR0 and PCR2 cover
/// it; nothing of it comes from the host.
/// </summary>
public sealed record EnclaveConfiguration
{
    private const int FileBytesMax = 64 * 1024;

    /// <summary>What every origin starts with: <c>origin = log prefix / chain id</c>; a schema-less URL.</summary>
    public required string LogPrefix { get; init; }

    /// <summary>Most chains held in one epoch; default 100,000. Nothing is ever evicted.</summary>
    public int ChainsMax { get; init; } = 100_000;

    /// <summary>How often the clock is anchored anew in the NSM's signed time, in seconds; default 300.</summary>
    public int AnchorIntervalSeconds { get; init; } = 300;

    /// <summary>The oldest anchor to sign by, in seconds; default 1,800.</summary>
    public int AnchorAgeMaxSeconds { get; init; } = 1_800;

    /// <summary>Images, besides this one, whose chains may be resumed; the JSON of accepted images or null.</summary>
    public AcceptedImages? Predecessors { get; init; }

    /// <summary>Reads the file's JSON; an unknown or missing key is an error.</summary>
    /// <exception cref="FormatException">With a sentence that names the key.</exception>
    public static EnclaveConfiguration Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > FileBytesMax)
            throw new FormatException($"The enclave's configuration is over {FileBytesMax} bytes.");
        try
        {
            var file = JsonSerializer.Deserialize(json, EnclaveFileJson.Default.EnclaveFile)
                ?? throw new FormatException("The enclave's configuration is null.");
            return file.ToConfiguration();
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The enclave's configuration: {exception.Message}", exception);
        }
    }
}

/// <summary>The configuration file as it is written.</summary>
internal sealed class EnclaveFile
{
    [JsonRequired] public string LogPrefix { get; set; } = "";

    public int? ChainsMax { get; set; }

    public int? AnchorIntervalSeconds { get; set; }

    public int? AnchorAgeMaxSeconds { get; set; }

    public JsonElement? Predecessors { get; set; }

    public EnclaveConfiguration ToConfiguration()
    {
        var defaults = new EnclaveConfiguration { LogPrefix = LogPrefix };
        return new EnclaveConfiguration
        {
            LogPrefix = RequireLogPrefix(LogPrefix),
            ChainsMax = Require(ChainsMax, defaults.ChainsMax, "chains_max", 10_000_000),
            AnchorIntervalSeconds = Require(
                AnchorIntervalSeconds, defaults.AnchorIntervalSeconds, "anchor_interval_seconds", 86_400),
            AnchorAgeMaxSeconds = Require(
                AnchorAgeMaxSeconds, defaults.AnchorAgeMaxSeconds, "anchor_age_max_seconds", 86_400),
            Predecessors = Predecessors is { } images ? AcceptedImages.Parse(images.GetRawText()) : null,
        };
    }

    private static string RequireLogPrefix(string prefix) =>
        prefix.Length is > 0 and <= 180 && !prefix.EndsWith('/') && prefix.All(c => c is > ' ' and < '\x7f' and not '+')
            ? prefix
            : throw new FormatException(
                $"log_prefix is '{prefix}'; use a URL without its scheme and without a slash at its end, "
                + "1 to 180 visible ASCII characters without '+', such as sequencer.example/log.");

    private static int Require(int? value, int byDefault, string key, int most) => (value ?? byDefault) switch
    {
        var number when number >= 1 && number <= most => number,
        var number => throw new FormatException($"{key} is {number}; use 1 to {most}."),
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(EnclaveFile))]
internal sealed partial class EnclaveFileJson : JsonSerializerContext;
