namespace Sequencer.Attestation;

/// <summary>
/// What was established about a document. Only <see cref="AttestationVerifier"/> makes one.
/// </summary>
public sealed record VerifiedAttestation
{
    internal VerifiedAttestation(
        AttestationDocument document,
        ImageMeasurement image,
        TrustedRoot root,
        DateTimeOffset verifiedAt,
        TimeSource timeSource,
        IReadOnlyList<VerifiedCertificate> chain)
    {
        Document = document;
        Image = image;
        RootSha256 = root.Sha256;
        IsSimulated = root.IsSimulated;
        VerifiedAt = verifiedAt;
        TimeSource = timeSource;
        Chain = chain;
    }

    public AttestationDocument Document { get; }

    /// <summary>The image that made the document.</summary>
    public ImageMeasurement Image { get; }

    /// <summary>SHA-256 of the root certificate, lower-case hex.</summary>
    public string RootSha256 { get; }

    /// <summary>True when the root simulates Nitro: the document proves nothing to others.</summary>
    public bool IsSimulated { get; }

    /// <summary>The time at which all certificates were valid.</summary>
    public DateTimeOffset VerifiedAt { get; }

    public TimeSource TimeSource { get; }

    /// <summary>The chain: the root first, the leaf last.</summary>
    public IReadOnlyList<VerifiedCertificate> Chain { get; }
}
