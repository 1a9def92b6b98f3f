using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Attestation;

/// <summary>
/// One certificate of a chain with what the rules look at read out of it once. Loading fails on anything that is
/// not exactly one DER certificate; it judges nothing else.
/// </summary>
internal sealed class NitroCertificate : IDisposable
{
    private const string EcPublicKeyOid = "1.2.840.10045.2.1";
    private const string EcdsaSha384Oid = "1.2.840.10045.4.3.3";

    private NitroCertificate(string name, X509Certificate2 x509)
    {
        Name = name;
        X509 = x509;
        Subject = x509.Subject;
        NotBefore = new DateTimeOffset(x509.NotBefore.ToUniversalTime());
        NotAfter = new DateTimeOffset(x509.NotAfter.ToUniversalTime());
        BasicConstraints = Single<X509BasicConstraintsExtension>(x509);
        KeyUsage = Single<X509KeyUsageExtension>(x509);
    }

    /// <summary>Which certificate this is, for messages: <c>cabundle[1]</c>, <c>the leaf</c>.</summary>
    public string Name { get; }

    public X509Certificate2 X509 { get; }

    public string Subject { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>Null when absent.</summary>
    public X509BasicConstraintsExtension? BasicConstraints { get; }

    /// <summary>Null when absent.</summary>
    public X509KeyUsageExtension? KeyUsage { get; }

    /// <summary>True for a key on the named curve P-384 and a signature of ecdsa-with-SHA384.</summary>
    public bool IsP384 =>
        X509.PublicKey.Oid.Value == EcPublicKeyOid
        && X509.PublicKey.EncodedParameters?.RawData.AsSpan().SequenceEqual(P384Parameters) == true
        && X509.SignatureAlgorithm.Value == EcdsaSha384Oid;

    /// <summary>DER of the object identifier secp384r1.</summary>
    private static ReadOnlySpan<byte> P384Parameters => [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];

    /// <exception cref="AttestationException"><see cref="AttestationError.CertificateMalformed"/>.</exception>
    public static NitroCertificate Load(ReadOnlyMemory<byte> der, string name)
    {
        X509Certificate2? x509 = null;
        try
        {
            x509 = X509CertificateLoader.LoadCertificate(der.Span);
            if (!x509.RawDataMemory.Span.SequenceEqual(der.Span))
            {
                throw new AttestationException(
                    AttestationError.CertificateMalformed, $"{name} is not one DER certificate and nothing else.");
            }

            return new NitroCertificate(name, x509);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            x509?.Dispose();
            throw new AttestationException(AttestationError.CertificateMalformed,
                $"{name} is not a certificate that can be read: {exception.Message}", exception);
        }
        catch (AttestationException)
        {
            x509?.Dispose();
            throw;
        }
    }

    public void Dispose() => X509.Dispose();

    private static T? Single<T>(X509Certificate2 certificate) where T : X509Extension
    {
        T? found = null;
        foreach (var extension in certificate.Extensions)
        {
            if (extension is not T wanted)
                continue;
            if (found is not null)
                throw new CryptographicException($"the extension {wanted.Oid?.FriendlyName} occurs twice.");
            found = wanted;
        }

        return found;
    }
}
