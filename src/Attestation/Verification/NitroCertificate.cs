using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Attestation;

/// <summary>
/// One certificate of a chain with what the rules look at read out of it once. Loading fails on anything
/// that is not exactly one DER certificate; it judges nothing else. All is decoded there, since
/// X509Certificate2 decodes late and would throw in the middle of a rule.
/// </summary>
internal sealed class NitroCertificate : IDisposable
{
    private const string EcPublicKeyOid = "1.2.840.10045.2.1";

    private readonly X509Certificate2 _x509;
    private readonly string _subject;
    private readonly string _issuer;
    private readonly CertificateEnvelope _envelope;

    private NitroCertificate(string name, X509Certificate2 x509)
    {
        Name = name;
        CommonName = x509.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        Subject = TerminalText.Of(x509.Subject, "?");
        _subject = x509.Subject;
        _issuer = x509.Issuer;
        if (Single<X509BasicConstraintsExtension>(x509) is { } constraints)
        {
            IsAuthority = constraints.CertificateAuthority;
            PathLength = constraints.HasPathLengthConstraint ? constraints.PathLengthConstraint : null;
            AreConstraintsCritical = constraints.Critical;
        }

        KeyUsage = Single<X509KeyUsageExtension>(x509)?.KeyUsages ?? X509KeyUsageFlags.None;
        _x509 = x509;
        _envelope = CertificateEnvelope.Read(x509.RawDataMemory);
        IsP384 = _envelope.IsEcdsaWithSha384
            && x509.PublicKey.Oid.Value == EcPublicKeyOid
            && x509.PublicKey.EncodedParameters?.RawData.AsSpan().SequenceEqual(P384Parameters) == true;
    }

    /// <summary>Which certificate this is, for messages: <c>cabundle[1]</c>, <c>the leaf</c>.</summary>
    public string Name { get; }

    /// <summary>The subject, safe to print.</summary>
    public string Subject { get; }

    /// <summary>The common name, or what the subject has in its place.</summary>
    public string CommonName { get; }

    public ReadOnlySpan<byte> Der => _x509.RawDataMemory.Span;

    public DateTimeOffset NotBefore => _envelope.NotBefore;

    public DateTimeOffset NotAfter => _envelope.NotAfter;

    /// <summary>basicConstraints; false when absent.</summary>
    public bool IsAuthority { get; }

    public bool AreConstraintsCritical { get; }

    /// <summary>Number of issuers that may stand below; null allows any.</summary>
    public int? PathLength { get; }

    /// <summary>keyUsage; none when absent.</summary>
    public X509KeyUsageFlags KeyUsage { get; }

    /// <summary>True for a key on the named curve P-384 and a signature of ecdsa-with-SHA384.</summary>
    public bool IsP384 { get; }

    /// <summary>Critical extensions that no rule here reads, by object identifier.</summary>
    public IEnumerable<string?> UnreadCriticalExtensions => _x509.Extensions
        .Where(extension => extension.Critical
            && extension is not (X509BasicConstraintsExtension or X509KeyUsageExtension))
        .Select(extension => extension.Oid?.Value);

    /// <summary>DER of the object identifier secp384r1.</summary>
    private static ReadOnlySpan<byte> P384Parameters => [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];

    /// <exception cref="AttestationException">
    /// <see cref="AttestationError.CertificateMalformed"/>.
    /// </exception>
    public static NitroCertificate Load(ReadOnlyMemory<byte> der, string name)
    {
        X509Certificate2? x509 = null;
        try
        {
            x509 = X509CertificateLoader.LoadCertificate(der.Span);
            if (!x509.RawDataMemory.Span.SequenceEqual(der.Span))
                throw new CryptographicException("it is not one DER certificate and nothing else.");
            return new NitroCertificate(name, x509);
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            x509?.Dispose();
            throw new AttestationException(AttestationError.CertificateMalformed,
                $"{name} is not a certificate that can be read: {exception.Message}", exception);
        }
    }

    /// <summary>The key, which is the caller's to dispose.</summary>
    /// <exception cref="CryptographicException">
    /// Not a key on an elliptic curve, or no point of it.
    /// </exception>
    public ECDsa PublicKey()
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(_x509.PublicKey.ExportSubjectPublicKeyInfo(), out _);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>True when this certificate names the issuer and the issuer's key signed it.</summary>
    public bool IsIssuedBy(NitroCertificate issuer)
    {
        using var key = issuer.PublicKey();
        return string.Equals(_issuer, issuer._subject, StringComparison.OrdinalIgnoreCase)
            && key.VerifyData(_envelope.SignedBytes.Span, _envelope.Signature.Span, HashAlgorithmName.SHA384,
                DSASignatureFormat.Rfc3279DerSequence);
    }

    public void Dispose() => _x509.Dispose();

    private static T? Single<T>(X509Certificate2 certificate) where T : X509Extension
    {
        T? found = null;
        foreach (var extension in certificate.Extensions)
        {
            if (extension is not T wanted)
                continue;
            if (found is not null)
                throw new CryptographicException($"the extension {wanted.Oid?.Value} occurs twice.");
            found = wanted;
        }

        return found;
    }
}
