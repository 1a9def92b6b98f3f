namespace Sequencer.Iac.Keys;

/// <summary>A key pair as this tool shows it.</summary>
internal sealed record KeyPairView
{
    public required string Name { get; init; }

    public required string KeyPairId { get; init; }

    /// <summary>"ed25519" or "rsa"; null where the service does not say.</summary>
    public string? Type { get; init; }

    public string? Fingerprint { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The private key's file; null where this machine does not have it.</summary>
    public string? PrivateKeyFile { get; init; }
}
