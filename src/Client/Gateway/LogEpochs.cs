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

    /// <summary>Reads the JSON of that call, for those who fetch it by their own means.</summary>
    /// <exception cref="SequencerClientException">When it is not of the agreed form.</exception>
    public static LogEpochs Parse(ReadOnlySpan<byte> json) =>
        GatewayJson.Read(json, GatewayJson.Default.EpochsAnswer).ToEpochs();
}
