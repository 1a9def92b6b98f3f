using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Simulation;

/// <summary>What a certificate of a simulated chain says.</summary>
internal sealed record CertificateProfile(
    X500DistinguishedName Name, ECDsa Key, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    public bool IsAuthority { get; init; }

    /// <summary>Number of issuers allowed below; null allows any.</summary>
    public int? PathLength { get; init; }

    /// <summary>
    /// The instance's authority signs certificates only, those above it also revocation lists.
    /// </summary>
    public bool SignsCertificatesOnly { get; init; }

    /// <summary>Where a revocation list would be; null names none.</summary>
    public string? RevocationListUri { get; init; }

    /// <summary>16 bytes, or null for random ones.</summary>
    public byte[]? Serial { get; init; }
}
