using System.Text.Json;
using System.Text.Json.Serialization;
using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// The configuration that matters for trust. On Nitro it is a file inside the image, so PCR0 and PCR2 cover
/// it; nothing of it comes from the host.
/// </summary>
public sealed record EnclaveConfiguration
{
    private const int FileBytesMax = 64 * 1024;

    /// <summary>What every origin starts with: <c>origin = log prefix / chain id</c>.</summary>
    public required string LogPrefix { get; init; }

    /// <summary>Most chains held in one epoch; default 100,000. Nothing is ever evicted.</summary>
    public int ChainsMax { get; init; } = 100_000;

    /// <summary>
    /// How often the clock is anchored anew in the NSM's signed time, in seconds; default 300, or less with a
    /// smaller <see cref="AnchorAgeMaxSeconds"/>, which it has to be below.
    /// </summary>
    public int AnchorIntervalSeconds { get; init; } = 300;

    /// <summary>
    /// The oldest anchor to sign by, in seconds, 2 to 3,600: what the counter loses until then, witnesses' clocks are
    /// ahead by. Default 1,800.
    /// </summary>
    public int AnchorAgeMaxSeconds { get; init; } = 1_800;

    /// <summary>Images, besides this one, whose chains may be resumed; null for none.</summary>
    public AcceptedImages? Predecessors { get; init; }

    /// <summary>What is demanded of witnesses; null for nothing.</summary>
    public WitnessDemand? Witnesses { get; init; }

    /// <summary>Reads the file's JSON; an unknown or missing key is an error.</summary>
    /// <exception cref="FormatException">With a sentence that names the key.</exception>
    public static EnclaveConfiguration Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > FileBytesMax)
            throw new FormatException($"The enclave's configuration is over {FileBytesMax} bytes.");
        try
        {
            RefuseNull(json);
            return JsonSerializer.Deserialize(json, EnclaveFileJson.Default.EnclaveFile)!.ToConfiguration();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"The enclave's configuration: {exception.Message}", exception);
        }
    }

    /// <summary>A value that a script left empty must not be taken for a demand that was never made.</summary>
    private static void RefuseNull(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new FormatException("The enclave's configuration is no JSON object.");
        foreach (var key in document.RootElement.EnumerateObject())
        {
            if (key.Value.ValueKind == JsonValueKind.Null)
                throw new FormatException($"{key.Name} is null: give it a value, or leave it out.");
            if (key.Value.ValueKind == JsonValueKind.Array
                && key.Value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Null))
            {
                throw new FormatException($"{key.Name} has a null in it: give it a value, or leave it out.");
            }
        }
    }
}

/// <summary>The configuration file as it is written.</summary>
internal sealed class EnclaveFile
{
    private const int ChainsMost = 10_000_000;
    private const int AnchorSecondsMax = 3_600;

    [JsonRequired] public string LogPrefix { get; set; } = "";

    public int? ChainsMax { get; set; }

    public int? AnchorIntervalSeconds { get; set; }

    public int? AnchorAgeMaxSeconds { get; set; }

    public JsonElement? Predecessors { get; set; }

    public string[]? WitnessPolicy { get; set; }

    public string[]? WitnessedChains { get; set; }

    public int? WitnessClockAheadSeconds { get; set; }

    public EnclaveConfiguration ToConfiguration()
    {
        Origin.CheckPrefix(LogPrefix);
        var defaults = new EnclaveConfiguration { LogPrefix = LogPrefix };
        var ageMax = Require(
            AnchorAgeMaxSeconds, defaults.AnchorAgeMaxSeconds, "anchor_age_max_seconds", 2, AnchorSecondsMax);
        return defaults with
        {
            ChainsMax = Require(ChainsMax, defaults.ChainsMax, "chains_max", 1, ChainsMost),
            AnchorIntervalSeconds = Require(
                AnchorIntervalSeconds, Math.Min(defaults.AnchorIntervalSeconds, ageMax - 1),
                "anchor_interval_seconds", 1, ageMax - 1),
            AnchorAgeMaxSeconds = ageMax,
            Predecessors = Predecessors is { } images ? ReadPredecessors(images) : null,
            Witnesses = ReadWitnesses(),
        };
    }

    private WitnessDemand? ReadWitnesses()
    {
        if (WitnessPolicy is { } lines)
        {
            return WitnessDemand.Parse(
                string.Join('\n', lines) + '\n', WitnessedChains ?? [],
                WitnessClockAheadSeconds ?? WitnessDemand.DefaultClockAheadSeconds);
        }

        return WitnessedChains is null && WitnessClockAheadSeconds is null
            ? null
            : throw new FormatException(
                "witnessed_chains and witness_clock_ahead_seconds mean nothing without a witness_policy.");
    }

    private static AcceptedImages ReadPredecessors(JsonElement json)
    {
        var images = AcceptedImages.Parse(json.GetRawText());
        // This image is an acceptable one too.
        return images.Images.Count < AcceptedImages.MaxCount
            ? images
            : throw new FormatException($"predecessors are at most {AcceptedImages.MaxCount - 1} images.");
    }

    private static int Require(int? value, int byDefault, string key, int least, int most) =>
        (value ?? byDefault) switch
        {
            var number when number >= least && number <= most => number,
            var number => throw new FormatException($"{key} is {number}; use {least} to {most}."),
        };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(EnclaveFile))]
internal sealed partial class EnclaveFileJson : JsonSerializerContext;
