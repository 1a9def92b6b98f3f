using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sequencer.Client;

/// <summary>The gateway's JSON: snake_case; members the client does not know are passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(TransactionAnswer))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(EpochsAnswer))]
[JsonSerializable(typeof(FeedLine))]
internal sealed partial class GatewayJson : JsonSerializerContext
{
    /// <summary>Reads one JSON value of an answer.</summary>
    /// <exception cref="SequencerClientException">When it is not of the agreed form.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw BadAnswer("its JSON is null");
        }
        catch (JsonException broken)
        {
            throw BadAnswer($"its JSON is not of the agreed form ({broken.Message})", broken);
        }
    }

    /// <summary>The exception for an answer that is not what was agreed.</summary>
    public static SequencerClientException BadAnswer(string what, Exception? inner = null) => new(
        SequencerClientError.BadAnswer,
        $"The gateway's answer cannot be used: {what}. Check that the address is a sequencer's and that "
            + "client and gateway are of matching versions.",
        inner);
}
