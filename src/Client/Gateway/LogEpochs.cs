namespace Sequencer.Client;

/// <summary>
/// Who has signed a chain since it began, as the gateway tells it (<c>GET /log/{chain}/epochs</c>).
/// </summary>
public sealed record LogEpochs
{
    /// <summary>The chain's origin: <c>&lt;log prefix&gt;/&lt;chain id&gt;</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>The operator's log key, as vkey text of type 0x01.</summary>
    public required string LogKey { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<LogEpoch> Epochs { get; init; }
}
