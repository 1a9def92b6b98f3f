namespace Sequencer.Attestation;

/// <summary>
/// What a document must show to be believed. Root and images cannot be left out. Mind that a null array
/// converts to an empty expected value, which demands an empty field, and not to none.
/// </summary>
public sealed record AttestationPolicy
{
    /// <summary>Where the chain must begin.</summary>
    public required TrustedRoot Root { get; init; }

    /// <summary>The images that may have made the document.</summary>
    public required AcceptedImages Images { get; init; }

    /// <summary>The nonce that was sent with the request; null asks for none, so a replay passes.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>The key that must be bound into the document; null asks for none.</summary>
    public ReadOnlyMemory<byte>? PublicKey { get; init; }

    /// <summary>The user data that must be bound into the document; null asks for none.</summary>
    public ReadOnlyMemory<byte>? UserData { get; init; }

    /// <summary>
    /// Greatest distance between the document's timestamp and the time of verification, either way; null asks
    /// for none. It has no meaning, and is refused, with <see cref="VerificationTime.DocumentTimestamp"/>.
    /// </summary>
    public TimeSpan? MaxAge { get; init; }
}
