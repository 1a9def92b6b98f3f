using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sequencer.Client;

/// <summary>
/// The JSON of the monitor's files: snake_case, indented, and strict, since a member that is not known may
/// well be what matters.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    WriteIndented = true, NewLine = "\n", MaxDepth = 8, Converters = [typeof(ContradictionKindConverter)])]
[JsonSerializable(typeof(EvidenceDocument))]
[JsonSerializable(typeof(MonitorStateDocument))]
internal sealed partial class MonitorJson : JsonSerializerContext
{
    /// <summary>Writes the dashes and pluses of signed notes as they are, for people to read.</summary>
    public static MonitorJson Readable => field ??= new(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
