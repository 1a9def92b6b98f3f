using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Attestation;

/// <summary>
/// The rules of RFC 5280 and of Nitro on one chain, root first and leaf last. They are written out, although
/// <see cref="X509Chain"/> knows most of them, so that each has its own reason and none depends on a platform.
/// </summary>
internal static class ChainRules
{
    public static void CheckRoot(IReadOnlyList<NitroCertificate> chain, TrustedRoot root)
    {
        if (!chain[0].X509.RawDataMemory.Span.SequenceEqual(root.Der.Span))
        {
            throw new AttestationException(AttestationError.RootNotTrusted,
                $"The chain begins with \"{chain[0].Subject}\", which is not the pinned root "
                + $"\"{root.Subject}\" (SHA-256 {root.Sha256}).");
        }
    }

    public static void CheckKeys(IReadOnlyList<NitroCertificate> chain)
    {
        foreach (var certificate in chain)
        {
            if (!certificate.IsP384)
            {
                throw new AttestationException(AttestationError.WrongKeyType,
                    $"{certificate.Name} is not an EC P-384 key signed by ecdsa-with-SHA384.");
            }
        }
    }

    public static void CheckAuthorities(IReadOnlyList<NitroCertificate> chain)
    {
        foreach (var issuer in chain.SkipLast(1))
        {
            if (issuer.BasicConstraints is not { CertificateAuthority: true, Critical: true })
            {
                throw new AttestationException(AttestationError.BasicConstraints,
                    $"{issuer.Name} is not a certificate authority, so it cannot issue the next certificate.");
            }
        }

        if (chain[^1].BasicConstraints is { CertificateAuthority: true } or { HasPathLengthConstraint: true })
        {
            throw new AttestationException(AttestationError.BasicConstraints,
                $"{chain[^1].Name} is a certificate authority, expected one that signs documents only.");
        }
    }

    /// <summary>RFC 5280, 4.2.1.9: the number of issuers that may stand between an issuer and the leaf.</summary>
    public static void CheckPathLengths(IReadOnlyList<NitroCertificate> chain)
    {
        for (var i = 0; i < chain.Count - 1; i++)
        {
            var issuersBelow = chain.Count - 2 - i;
            if (chain[i].BasicConstraints is { HasPathLengthConstraint: true } constraints
                && constraints.PathLengthConstraint < issuersBelow)
            {
                throw new AttestationException(AttestationError.PathLength,
                    $"{chain[i].Name} allows {constraints.PathLengthConstraint} issuers below it, "
                    + $"the chain has {issuersBelow}.");
            }
        }
    }

    public static void CheckKeyUsages(IReadOnlyList<NitroCertificate> chain)
    {
        foreach (var issuer in chain.SkipLast(1))
        {
            if (issuer.KeyUsage is null || !issuer.KeyUsage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign))
            {
                throw new AttestationException(
                    AttestationError.KeyUsage, $"{issuer.Name} may not sign certificates (keyCertSign).");
            }
        }

        var leaf = chain[^1].KeyUsage?.KeyUsages ?? X509KeyUsageFlags.None;
        if (!leaf.HasFlag(X509KeyUsageFlags.DigitalSignature) || leaf.HasFlag(X509KeyUsageFlags.KeyCertSign))
        {
            throw new AttestationException(AttestationError.KeyUsage,
                $"{chain[^1].Name} has the key usage {leaf}, expected digitalSignature and not keyCertSign.");
        }
    }

    public static void CheckValidity(IReadOnlyList<NitroCertificate> chain, DateTimeOffset instant)
    {
        foreach (var certificate in chain)
        {
            if (instant < certificate.NotBefore)
            {
                throw new AttestationException(AttestationError.NotYetValid,
                    $"{certificate.Name} is valid from {Words.Instant(certificate.NotBefore)}, "
                    + $"the time of verification is {Words.Instant(instant)}.");
            }

            if (instant > certificate.NotAfter)
            {
                throw new AttestationException(AttestationError.Expired,
                    $"{certificate.Name} was valid until {Words.Instant(certificate.NotAfter)}, "
                    + $"the time of verification is {Words.Instant(instant)}.");
            }
        }
    }

    /// <summary>
    /// Builds the chain on the pinned root alone, without network, and demands that it is the bundle's own:
    /// signatures, names, critical extensions. Validity has its own rule; when that failed already,
    /// <paramref name="ignoreTime"/> lets a reader learn whether the chain is sound apart from it.
    /// </summary>
    public static void CheckChain(
        IReadOnlyList<NitroCertificate> chain, TrustedRoot root, DateTimeOffset instant, bool ignoreTime)
    {
        using var pinned = X509CertificateLoader.LoadCertificate(root.Der.Span);
        using var builder = new X509Chain();
        builder.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        builder.ChainPolicy.CustomTrustStore.Add(pinned);
        foreach (var issuer in chain.Skip(1).SkipLast(1))
            builder.ChainPolicy.ExtraStore.Add(issuer.X509);
        builder.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        builder.ChainPolicy.DisableCertificateDownloads = true;
        builder.ChainPolicy.VerificationTime = instant.LocalDateTime;
        if (ignoreTime)
            builder.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        try
        {
            if (!builder.Build(chain[^1].X509))
                throw Broken(string.Join(" ", builder.ChainStatus.Select(status => status.StatusInformation.Trim())));
            if (!IsExactly(builder.ChainElements, chain))
                throw Broken("The chain that holds is not the one in the bundle.");
        }
        catch (CryptographicException exception)
        {
            throw new AttestationException(AttestationError.ChainBroken,
                $"The chain cannot be checked: {exception.Message}", exception);
        }
        finally
        {
            foreach (var element in builder.ChainElements)
                element.Certificate.Dispose();
        }
    }

    private static bool IsExactly(X509ChainElementCollection elements, IReadOnlyList<NitroCertificate> chain)
    {
        if (elements.Count != chain.Count)
            return false;
        for (var i = 0; i < elements.Count; i++)
        {
            var expected = chain[chain.Count - 1 - i].X509.RawDataMemory.Span;
            if (!elements[i].Certificate.RawDataMemory.Span.SequenceEqual(expected))
                return false;
        }

        return true;
    }

    private static AttestationException Broken(string why) =>
        new(AttestationError.ChainBroken, $"The certificates do not form one chain from root to leaf: {why}");
}
