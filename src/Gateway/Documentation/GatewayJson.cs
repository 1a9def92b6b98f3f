using System.Text.Json.Serialization;

namespace Sequencer.Gateway;

/// <summary>
/// How the gateway's JSON is written and described; made at build time, since reflection is off.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(EpochsAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(TransactionShape))]
[JsonSerializable(typeof(ReceiptShape))]
[JsonSerializable(typeof(BatchReceiptShape))]
[JsonSerializable(typeof(FeedEventShape))]
[JsonSerializable(typeof(ProblemShape))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(IReadOnlyList<TransactionShape>))]
internal sealed partial class GatewayJson : JsonSerializerContext;
