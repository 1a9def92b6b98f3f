using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Attestation;

/// <summary>
/// The rules of RFC 5280 and of Nitro on one chain, root first and leaf last. They are written out because
/// a Nitro chain is one straight line that needs no building, and because <see cref="X509Chain"/> reads the
/// machine's certificate stores whatever its trust mode: an enclave has none, and a verifier must not
/// depend on them. The tests hold both against each other.
/// </summary>
internal static class ChainRules
{
    public static string CheckRoot(IReadOnlyList<NitroCertificate> chain, TrustedRoot root)
    {
        if (!chain[0].Der.SequenceEqual(root.Der.Span))
        {
            throw new AttestationException(AttestationError.RootNotTrusted,
                $"The chain begins with \"{chain[0].Subject}\", which is not the pinned root "
                + $"\"{root.Subject}\" (SHA-256 {root.Sha256}).");
        }

        return $"{root.Subject}, SHA-256 {root.Sha256}.";
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

            try
            {
                certificate.PublicKey().Dispose();
            }
            catch (CryptographicException exception)
            {
                throw new AttestationException(AttestationError.WrongKeyType,
                    $"{certificate.Name} has a key that is no point of P-384.", exception);
            }
        }
    }

    public static void CheckAuthorities(IReadOnlyList<NitroCertificate> chain)
    {
        foreach (var issuer in chain.SkipLast(1))
        {
            if (!issuer.IsAuthority || !issuer.AreConstraintsCritical)
            {
                throw new AttestationException(AttestationError.BasicConstraints,
                    $"{issuer.Name} is not a certificate authority (critical), so it cannot issue another.");
            }
        }

        if (chain[^1].IsAuthority || chain[^1].PathLength is not null)
        {
            throw new AttestationException(AttestationError.BasicConstraints,
                $"{chain[^1].Name} is a certificate authority, expected one that signs documents only.");
        }
    }

    /// <summary>
    /// RFC 5280, 4.2.1.9: the number of issuers that may stand between an issuer and the leaf.
    /// </summary>
    public static void CheckPathLengths(IReadOnlyList<NitroCertificate> chain)
    {
        for (var i = 0; i < chain.Count - 1; i++)
        {
            var issuersBelow = chain.Count - 2 - i;
            if (chain[i].PathLength < issuersBelow)
            {
                throw new AttestationException(AttestationError.PathLength,
                    $"{chain[i].Name} allows {chain[i].PathLength} issuers below it, "
                    + $"the chain has {issuersBelow}.");
            }
        }
    }

    public static void CheckKeyUsages(IReadOnlyList<NitroCertificate> chain)
    {
        foreach (var issuer in chain.SkipLast(1))
        {
            if (!issuer.KeyUsage.HasFlag(X509KeyUsageFlags.KeyCertSign))
            {
                throw new AttestationException(
                    AttestationError.KeyUsage, $"{issuer.Name} may not sign certificates (keyCertSign).");
            }
        }

        var leaf = chain[^1].KeyUsage;
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

    /// <summary>RFC 5280, 4.2: what is critical and not understood refuses the certificate.</summary>
    public static void CheckExtensions(IReadOnlyList<NitroCertificate> chain)
    {
        foreach (var certificate in chain)
        {
            foreach (var extension in certificate.UnreadCriticalExtensions)
            {
                throw new AttestationException(AttestationError.CriticalExtension,
                    $"{certificate.Name} has the critical extension {extension}, which Nitro does not use.");
            }
        }
    }

    public static void CheckSignatures(IReadOnlyList<NitroCertificate> chain)
    {
        for (var i = 1; i < chain.Count; i++)
        {
            if (!chain[i].IsIssuedBy(chain[i - 1]))
            {
                throw new AttestationException(AttestationError.ChainBroken,
                    $"{chain[i].Name} was not issued by {chain[i - 1].Name}: another name, or another key.");
            }
        }
    }
}
