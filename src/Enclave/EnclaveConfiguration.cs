using System.Text.Json;
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
            using var document = JsonDocument.Parse(json.ToArray());
            return new EnclaveFile(document.RootElement).ToConfiguration();
        }
        catch (JsonException malformed)
        {
            throw new FormatException(
                $"The enclave's configuration is no JSON in line {malformed.LineNumber + 1}: "
                + Sentence(malformed), malformed);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"The enclave's configuration: {Sentence(exception)}", exception);
        }
    }

    /// <summary>What the framework puts behind its sentences is advice to programmers.</summary>
    private static string Sentence(Exception exception) => exception.Message.Split(
        [" (Parameter ", " LineNumber: ", " Change the reader"], StringSplitOptions.None)[0];
}

/// <summary>The configuration file as it is written: no key but these, none twice.</summary>
internal sealed class EnclaveFile
{
    private const int ChainsMost = 10_000_000;
    private const int AnchorSecondsMax = 3_600;

    private static readonly string[] Keys =
    [
        "log_prefix", "chains_max", "anchor_interval_seconds", "anchor_age_max_seconds", "predecessors",
        "witness_policy", "witnessed_chains", "witness_clock_ahead_seconds",
    ];

    private readonly Dictionary<string, JsonElement> _values = [];

    /// <exception cref="FormatException">When it is no object of these keys.</exception>
    public EnclaveFile(JsonElement file)
    {
        if (file.ValueKind != JsonValueKind.Object)
            throw new FormatException("The enclave's configuration is no JSON object.");
        foreach (var key in file.EnumerateObject())
        {
            if (!Keys.Contains(key.Name))
            {
                throw new FormatException(
                    $"{key.Name}: there is no such key; there are {string.Join(", ", Keys)}.");
            }

            if (!_values.TryAdd(key.Name, key.Value))
                throw new FormatException($"{key.Name} is given twice.");
        }
    }

    /// <exception cref="FormatException">With a sentence that names the key.</exception>
    /// <exception cref="ArgumentException">When the log prefix is none.</exception>
    public EnclaveConfiguration ToConfiguration()
    {
        var defaults = new EnclaveConfiguration { LogPrefix = ReadLogPrefix() };
        var ageMax = Number("anchor_age_max_seconds", defaults.AnchorAgeMaxSeconds, 2, AnchorSecondsMax);
        return defaults with
        {
            ChainsMax = Number("chains_max", defaults.ChainsMax, 1, ChainsMost),
            AnchorIntervalSeconds = Number(
                "anchor_interval_seconds", Math.Min(defaults.AnchorIntervalSeconds, ageMax - 1),
                1, ageMax - 1),
            AnchorAgeMaxSeconds = ageMax,
            Predecessors = ReadPredecessors(),
            Witnesses = ReadWitnesses(),
        };
    }

    private string ReadLogPrefix()
    {
        if (!_values.TryGetValue("log_prefix", out var value))
        {
            throw new FormatException(
                "log_prefix is missing: what every origin begins with, such as \"sequencer.example/log\".");
        }

        var prefix = Text("log_prefix", value);
        Origin.CheckPrefix(prefix);
        return prefix;
    }

    private WitnessDemand? ReadWitnesses()
    {
        if (_values.ContainsKey("witness_policy"))
        {
            return WitnessDemand.Parse(
                string.Join('\n', Texts("witness_policy")) + '\n', Texts("witnessed_chains"),
                Number("witness_clock_ahead_seconds", WitnessDemand.DefaultClockAheadSeconds,
                    1, WitnessDemand.ClockAheadSecondsMax));
        }

        return _values.ContainsKey("witnessed_chains") || _values.ContainsKey("witness_clock_ahead_seconds")
            ? throw new FormatException(
                "witnessed_chains and witness_clock_ahead_seconds mean nothing without a witness_policy.")
            : null;
    }

    private AcceptedImages? ReadPredecessors()
    {
        if (!_values.TryGetValue("predecessors", out var json))
            return null;
        AcceptedImages images;
        try
        {
            images = AcceptedImages.Parse(json.GetRawText());
        }
        catch (FormatException malformed)
        {
            throw new FormatException($"predecessors: {malformed.Message}", malformed);
        }

        // This image is an acceptable one too.
        return images.Images.Count < AcceptedImages.MaxCount
            ? images
            : throw new FormatException($"predecessors are at most {AcceptedImages.MaxCount - 1} images.");
    }

    private int Number(string key, int byDefault, int least, int most)
    {
        if (!_values.TryGetValue(key, out var value))
            return byDefault;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            && number >= least && number <= most
            ? number
            : throw Wrong(key, value, $"a whole number from {least} to {most}");
    }

    private string[] Texts(string key)
    {
        if (!_values.TryGetValue(key, out var list))
            return [];
        return list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select((item, position) => Text($"{key}[{position}]", item))]
            : throw Wrong(key, list, "a list of texts in square brackets");
    }

    private static string Text(string key, JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw Wrong(key, value, "a text in quotes");

    /// <summary>Null is wrong too: what a script left empty must not pass for a demand never made.</summary>
    private static FormatException Wrong(string key, JsonElement value, string expected) =>
        value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            ? new($"{key} is a list or an object; expected {expected}.")
            : new($"{key} is {value.GetRawText()}; expected {expected}.");
}
