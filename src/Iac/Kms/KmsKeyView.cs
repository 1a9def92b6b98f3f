namespace Sequencer.Iac.Kms;

/// <summary>A signing key of KMS as this tool shows it.</summary>
internal sealed record KmsKeyView
{
    /// <summary>Without its "alias/"; null once the key's deletion is scheduled.</summary>
    public string? Alias { get; init; }

    public required string KeyId { get; init; }

    public required string Arn { get; init; }

    public string? KeySpec { get; init; }

    public string? State { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When KMS will delete the key; null unless that is scheduled.</summary>
    public DateTimeOffset? DeletionAt { get; init; }

    /// <summary>The 32 bytes of the Ed25519 public key, base64; null where KMS does not give it.</summary>
    public string? PublicKey { get; init; }
}
