namespace Sequencer.Client;

/// <summary>The JSON of <c>GET /log/{chain}/epochs</c>.</summary>
internal sealed record EpochsAnswer
{
    public required string Origin { get; init; }

    public required string LogKey { get; init; }

    public required IReadOnlyList<Epoch> Epochs { get; init; }

    /// <exception cref="SequencerClientException">
    /// When an epoch is null, which the reading of JSON does not refuse in a list.
    /// </exception>
    public LogEpochs ToEpochs()
    {
        if (Epochs.Contains(null!))
            throw GatewayJson.BadAnswer("an epoch is null");
        return new()
        {
            Origin = Origin,
            LogKey = LogKey,
            Epochs = [.. Epochs.Select(epoch => new LogEpoch
            {
                StartSize = epoch.StartSize,
                CosignerKey = epoch.Key,
                AttestationDocument = epoch.AttestationDocument,
                Handover = epoch.Handover,
            })],
        };
    }

    internal sealed record Epoch
    {
        public required ulong StartSize { get; init; }

        public required string Key { get; init; }

        /// <summary>In base64.</summary>
        public required byte[] AttestationDocument { get; init; }

        public string? Handover { get; init; }
    }
}
