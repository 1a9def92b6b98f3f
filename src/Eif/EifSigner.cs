using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Eif;

/// <summary>
/// Signs images as <c>nitro-cli sign-eif</c> does, so that PCR8 identifies the signer. PCR0, 1 and 2 do not
/// change. ECDSA is randomised: two signatures of one image differ.
/// </summary>
public static class EifSigner
{
    private const int KeyBits = 384;
    private const byte CoseSign1Tag = 0xd2;

    /// <summary>The signed image; a signature that it carried before is replaced.</summary>
    /// <param name="image">The image to sign.</param>
    /// <param name="certificatePem">A certificate for a P-384 key; it goes into the image as given.</param>
    /// <param name="keyPem">The certificate's private key, unencrypted, PKCS#8 or SEC 1.</param>
    /// <param name="now">A certificate that is not valid at this time is refused, since Nitro would refuse to
    /// start the image.</param>
    /// <exception cref="EifException"><see cref="EifError.BadCertificate"/> or
    /// <see cref="EifError.BadPrivateKey"/>.</exception>
    public static byte[] Sign(EifFile image, string certificatePem, string keyPem, DateTimeOffset now)
    {
        using var certificate = EifSignature.ReadCertificate(certificatePem);
        using var publicKey = CheckCertificate(certificate, now);
        using var key = ReadKey(keyPem, publicKey);
        var signer = new CoseSigner(key, HashAlgorithmName.SHA384);
        var message = CoseSign1Message.SignEmbedded(
            EifSignature.Payload(EifMeasurements.Image(image)), signer);
        // AWS's tools expect the message without its tag.
        var untagged = message[0] == CoseSign1Tag ? message.AsSpan(1) : message;
        var sections = image.Sections
            .Where(section => section.Type != EifSectionType.Signature)
            .Append(new(EifSectionType.Signature, EifSignature.Encode(certificatePem, untagged)));
        return EifBuilder.Assemble(image.Version, [.. sections]);
    }

    private static ECDsa CheckCertificate(X509Certificate2 certificate, DateTimeOffset now)
    {
        var (from, to) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        if (now < from || now > to)
        {
            throw new EifException(
                EifError.BadCertificate,
                $"The signing certificate is valid from {from:u} to {to:u}, not at {now:u}: Nitro would not "
                + "start the image.");
        }

        var key = PublicKey(certificate);
        if (key?.KeySize == KeyBits)
            return key;
        key?.Dispose();
        throw new EifException(EifError.BadCertificate, "The signing certificate's key is not on P-384.");
    }

    private static ECDsa? PublicKey(X509Certificate2 certificate)
    {
        try
        {
            return certificate.GetECDsaPublicKey();
        }
        catch (CryptographicException e)
        {
            throw new EifException(
                EifError.BadCertificate,
                $"The signing certificate's key cannot be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private static ECDsa ReadKey(string pem, ECDsa publicKey)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            var expected = publicKey.ExportSubjectPublicKeyInfo();
            if (key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(expected))
                return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new EifException(
                EifError.BadPrivateKey,
                $"The private key is not an unencrypted EC key in PEM ({e.Message.TrimEnd('.')}).", e);
        }

        key.Dispose();
        throw new EifException(EifError.BadPrivateKey, "The private key is not that of the certificate.");
    }
}
