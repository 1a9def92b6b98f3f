using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Attestation.Tests;

/// <summary>
/// A certificate of a forged chain. The defaults are those of a good one; tests change one thing.
/// </summary>
internal sealed record CertificateRecipe(string CommonName, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>Null leaves basicConstraints out.</summary>
    public bool? IsAuthority { get; init; } = true;

    public bool BasicConstraintsCritical { get; init; } = true;

    public int? PathLength { get; init; }

    /// <summary>Null leaves keyUsage out.</summary>
    public X509KeyUsageFlags? KeyUsage { get; init; } =
        X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;

    public ECCurve Curve { get; init; } = ECCurve.NamedCurves.nistP384;

    /// <summary>An RSA key in place of the elliptic one.</summary>
    public bool IsRsa { get; init; }

    /// <summary>Hash with which the issuer signs this certificate.</summary>
    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA384;

    /// <summary>Name in the issuer field; null takes the issuer's.</summary>
    public string? IssuerName { get; init; }

    /// <summary>Signs with a key that is not the issuer's.</summary>
    public bool SignedByStranger { get; init; }

    public X509Extension? Extra { get; init; }
}
