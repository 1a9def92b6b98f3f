using System.Reflection;
using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>The answer of <c>GET /heartbeat</c>.</summary>
/// <param name="Status">healthy, or unhealthy while no transaction is taken.</param>
internal sealed record HeartbeatAnswer(string Status, PublicConfiguration Configuration);

/// <summary>What anybody may know: names, public keys and limits. Nothing else is ever added here.</summary>
internal sealed record PublicConfiguration
{
    public required string Version { get; init; }

    /// <summary>
    /// nitro, or simulated: then nothing this service signs is backed by hardware. Null until it is known.
    /// </summary>
    public required string? Mode { get; init; }

    /// <summary>What the origin of every chain begins with.</summary>
    public required string LogPrefix { get; init; }

    /// <summary>The operator's Ed25519 public key; base64. Its name in a log is that log's origin.</summary>
    public required ReadOnlyMemory<byte> LogPublicKey { get; init; }

    /// <summary>
    /// The key of the enclave's present epoch, as a vkey of type 0x04; null until it is known.
    /// </summary>
    public required string? CosignerKey { get; init; }

    /// <summary>Who witnesses the checkpoints; null when nobody does.</summary>
    public required PublicWitnesses? Witnesses { get; init; }

    public required int EntryMaxBytes { get; init; }

    public required int BatchMaxEntries { get; init; }

    public required long BatchMaxBytes { get; init; }

    public required int IdempotencyRetentionHours { get; init; }

    public static PublicConfiguration Of(
        GatewaySettings settings, SequencerStatus status, LogIdentity identity) =>
        new()
        {
            Version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3),
            Mode = status.Mode?.ToString().ToLowerInvariant(),
            LogPrefix = identity.LogPrefix,
            LogPublicKey = identity.PublicKey,
            CosignerKey = status.CosignerKey,
            Witnesses = PublicWitnesses.Of(settings.Witnesses),
            EntryMaxBytes = Entry.MaxSizeBytes,
            BatchMaxEntries = settings.Sequencer.BatchMaxEntries,
            BatchMaxBytes = settings.Sequencer.BatchMaxBytes,
            IdempotencyRetentionHours = settings.Sequencer.IdempotencyRetentionHours,
        };
}

/// <summary>The witnesses of this service, by the names that its policy gives them.</summary>
/// <param name="Quorum">The witness or group on the policy's quorum line.</param>
/// <param name="IntervalMs">Least time between two checkpoints of one chain that they are shown.</param>
internal sealed record PublicWitnesses(IReadOnlyList<string> Names, string Quorum, int IntervalMs)
{
    public static PublicWitnesses? Of(WitnessSettings settings) => settings.Policy is { } policy
        ? new PublicWitnesses(
            [.. policy.Witnesses.Select(witness => witness.Name)], policy.QuorumName, settings.IntervalMs)
        : null;
}
