using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sequencer.Eif;

/// <summary>
/// The metadata section: what an image says of itself. Nothing measures it and nobody checks it, so it
/// informs and proves nothing. Field names are those of AWS's <c>EifIdentityInfo</c>.
/// </summary>
public sealed record EifMetadata
{
    /// <summary>The longest section that is read or written: 1 MiB.</summary>
    public const int MaxBytes = 1 << 20;

    private const string BuildMetadata = "BuildMetadata";

    public required string ImageName { get; init; }

    public required string ImageVersion { get; init; }

    /// <summary>RFC 3339. A fixed time in images that are to be reproducible.</summary>
    public required string BuildTime { get; init; }

    public required string BuildTool { get; init; }

    public required string BuildToolVersion { get; init; }

    public required string OperatingSystem { get; init; }

    public required string KernelVersion { get; init; }

    /// <summary>Any JSON; an empty object when no Docker image was the source.</summary>
    public JsonNode? DockerInfo { get; init; } = new JsonObject();

    /// <summary>Any JSON the builder adds, or null.</summary>
    public JsonNode? CustomMetadata { get; init; }

    /// <exception cref="EifException"><see cref="EifError.BadMetadata"/> or <see cref="EifError.TooLarge"/>.
    /// </exception>
    public static EifMetadata Parse(ReadOnlyMemory<byte> section)
    {
        CheckLength(section.Length);
        try
        {
            if (JsonNode.Parse(section.Span, documentOptions: StrictJson) is not JsonObject root)
                throw Refused("it is no object");
            // Whoever describes the image writes all of it: a text that is not Unicode is found here.
            _ = root.ToJsonString();
            if (root[BuildMetadata] is not JsonObject build)
                throw Refused($"'{BuildMetadata}' is missing or no object");
            return new()
            {
                ImageName = Text(root, nameof(ImageName)),
                ImageVersion = Text(root, nameof(ImageVersion)),
                BuildTime = Text(build, nameof(BuildTime)),
                BuildTool = Text(build, nameof(BuildTool)),
                BuildToolVersion = Text(build, nameof(BuildToolVersion)),
                OperatingSystem = Text(build, nameof(OperatingSystem)),
                KernelVersion = Text(build, nameof(KernelVersion)),
                DockerInfo = root[nameof(DockerInfo)],
                CustomMetadata = root[nameof(CustomMetadata)],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Refused(e.Message, e);
        }
    }

    /// <summary>The section's bytes: compact JSON, always the same for the same values.</summary>
    public byte[] ToBytes()
    {
        var root = new JsonObject
        {
            [nameof(ImageName)] = ImageName,
            [nameof(ImageVersion)] = ImageVersion,
            [BuildMetadata] = new JsonObject
            {
                [nameof(BuildTime)] = BuildTime,
                [nameof(BuildTool)] = BuildTool,
                [nameof(BuildToolVersion)] = BuildToolVersion,
                [nameof(OperatingSystem)] = OperatingSystem,
                [nameof(KernelVersion)] = KernelVersion,
            },
            [nameof(DockerInfo)] = DockerInfo?.DeepClone(),
            [nameof(CustomMetadata)] = CustomMetadata?.DeepClone(),
        };
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = PlainText }))
            root.WriteTo(writer);
        CheckLength((int)buffer.Length);
        return buffer.ToArray();
    }

    /// <summary>Leaves '+' and its like as they are, as AWS's tools do: this is for no web page.</summary>
    internal static JavaScriptEncoder PlainText => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Whether a description of the image has a field of this name.</summary>
    internal static bool IsField(string name) => name is nameof(BuildTime) or nameof(BuildTool)
        or nameof(BuildToolVersion) or nameof(OperatingSystem) or nameof(KernelVersion) or nameof(DockerInfo);

    private static JsonDocumentOptions StrictJson =>
        new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    private static string Text(JsonObject parent, string name) =>
        parent[name] is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw Refused($"'{name}' is missing or no string");

    private static EifException Refused(string why, Exception? inner = null) =>
        new(EifError.BadMetadata, $"The metadata section is not the JSON of an image: {why}.", inner);

    private static void CheckLength(int length)
    {
        if (length > MaxBytes)
        {
            throw new EifException(
                EifError.TooLarge, $"The metadata section has {length} bytes; {MaxBytes} at most.");
        }
    }
}
