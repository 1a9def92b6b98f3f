using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Attestation.Tests;

/// <summary>A second opinion on chains: that of the platform.</summary>
internal static class XChain
{
    public static bool Accepts(ForgedChain chain, DateTimeOffset time) => Accepts(chain.Certificates, time);

    /// <summary>
    /// True when the platform builds exactly this chain, root first, on its first certificate.
    /// </summary>
    public static bool Accepts(IReadOnlyList<byte[]> certificates, DateTimeOffset time)
    {
        using var builder = new X509Chain();
        builder.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        builder.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(certificates[0]));
        foreach (var issuer in certificates.Skip(1).SkipLast(1))
            builder.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(issuer));
        builder.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        builder.ChainPolicy.DisableCertificateDownloads = true;
        builder.ChainPolicy.VerificationTime = time.LocalDateTime;
        return builder.Build(X509CertificateLoader.LoadCertificate(certificates[^1]))
            && builder.ChainElements.Select(element => element.Certificate.RawData)
                .Zip(certificates.Reverse(), (found, expected) => found.AsSpan().SequenceEqual(expected))
                .Count(equal => equal) == certificates.Count;
    }
}
