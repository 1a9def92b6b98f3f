using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Sequencer.Gateway.Tests;

[JsonSerializable(typeof(JsonNode))]
internal sealed partial class TestJson : JsonSerializerContext;
