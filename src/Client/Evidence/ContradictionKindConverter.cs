using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sequencer.Client;

/// <summary>
/// Kinds as <c>same_size</c>, <c>not_a_prefix</c> and <c>time_reversed</c>, and nothing else.
/// </summary>
internal sealed class ContradictionKindConverter() : JsonStringEnumConverter<ContradictionKind>(
    JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
