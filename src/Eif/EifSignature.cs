using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sequencer.Eif;

/// <summary>
/// The signature section: CBOR, an array of one map with the PEM of the signing certificate and an untagged
/// COSE_Sign1 (RFC 9052) over PCR0. Both are arrays of small integers, not byte strings, since AWS's tools
/// write them so.
/// </summary>
public sealed class EifSignature
{
    private const string CertificateKey = "signing_certificate";
    private const string SignatureKey = "signature";
    private const string IndexKey = "register_index";
    private const string ValueKey = "register_value";

    private EifSignature(X509Certificate2 certificate, byte[] coseSign1)
    {
        Certificate = certificate;
        CoseSign1 = coseSign1;
    }

    /// <summary>The signing certificate. Nothing here makes it trusted: PCR8 identifies it.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The COSE_Sign1 message as it stands.</summary>
    public ReadOnlyMemory<byte> CoseSign1 { get; }

    /// <summary>The signature of an image, or null when it carries none. It is not yet checked.</summary>
    /// <exception cref="EifException"><see cref="EifError.BadSignatureSection"/> or
    /// <see cref="EifError.BadCertificate"/>.</exception>
    public static EifSignature? Read(EifFile image) =>
        image.SignatureSection is { } section ? Parse(section) : null;

    /// <summary>
    /// True when the certificate's key signed exactly this image's PCR0, under the algorithm of its curve
    /// (ES256, ES384 or ES512). Validity in time is not looked at: that is for whoever starts the image.
    /// </summary>
    public bool Covers(EifFile image)
    {
        try
        {
            using var key = Certificate.GetECDsaPublicKey();
            var message = CoseMessage.DecodeSign1(CoseSign1.Span);
            return key?.KeySize is 256 or 384 or 521
                && message.RawProtectedHeaders.Span.SequenceEqual(ProtectedHeader(key))
                && message.UnprotectedHeaders.Count == 0
                && message.Content is { } content
                && content.Span.SequenceEqual(Payload(EifMeasurements.Image(image)))
                && message.VerifyEmbedded(key);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The bytes of a section for this certificate and message.</summary>
    internal static byte[] Encode(string certificatePem, ReadOnlySpan<byte> coseSign1)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        writer.WriteStartArray(1);
        writer.WriteStartMap(2);
        writer.WriteTextString(CertificateKey);
        WriteIntegers(writer, Encoding.UTF8.GetBytes(certificatePem));
        writer.WriteTextString(SignatureKey);
        WriteIntegers(writer, coseSign1);
        writer.WriteEndMap();
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>What is signed: register 0 and its value.</summary>
    internal static byte[] Payload(ReadOnlySpan<byte> pcr0)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        writer.WriteStartMap(2);
        writer.WriteTextString(IndexKey);
        writer.WriteInt32(0);
        writer.WriteTextString(ValueKey);
        WriteIntegers(writer, pcr0);
        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>{1: algorithm}: -7 ES256, -35 ES384, -36 ES512.</summary>
    private static byte[] ProtectedHeader(ECDsa key)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        writer.WriteStartMap(1);
        writer.WriteInt32(1);
        writer.WriteInt32(key.KeySize switch { 256 => -7, 384 => -35, _ => -36 });
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static EifSignature Parse(ReadOnlyMemory<byte> section)
    {
        byte[]? certificate = null, signature = null;
        try
        {
            var reader = new CborReader(section, CborConformanceMode.Strict);
            if (reader.ReadStartArray() != 1 || reader.ReadStartMap() != 2)
                throw Refused("it is not an array of one map of two entries");
            for (var i = 0; i < 2; i++)
            {
                switch (reader.ReadTextString())
                {
                    case CertificateKey: certificate = ReadIntegers(reader, section.Length); break;
                    case SignatureKey: signature = ReadIntegers(reader, section.Length); break;
                    case var other: throw Refused($"it has the unknown entry '{other}'");
                }
            }

            reader.ReadEndMap();
            reader.ReadEndArray();
            if (reader.BytesRemaining != 0)
                throw Refused($"{reader.BytesRemaining} bytes follow its CBOR");
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException)
        {
            throw Refused("it is not the expected CBOR: " + e.Message, e);
        }

        if (certificate is null || signature is null)
            throw Refused($"'{CertificateKey}' or '{SignatureKey}' is missing");
        return new(ReadCertificate(Encoding.UTF8.GetString(certificate)), signature);
    }

    internal static X509Certificate2 ReadCertificate(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new EifException(
                EifError.BadCertificate,
                $"The signing certificate is not one in PEM ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private static void WriteIntegers(CborWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.WriteStartArray(bytes.Length);
        foreach (var value in bytes)
            writer.WriteUInt32(value);
        writer.WriteEndArray();
    }

    private static byte[] ReadIntegers(CborReader reader, int limit)
    {
        // An integer takes a byte at least, so a longer claim is a lie; it is seen before memory is taken.
        if (reader.ReadStartArray() is not { } count || count > limit)
            throw Refused("an array is longer than the section that holds it, or of no stated length");
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = checked((byte)reader.ReadUInt32());
        reader.ReadEndArray();
        return bytes;
    }

    private static EifException Refused(string why, Exception? inner = null) =>
        new(EifError.BadSignatureSection, $"The signature section cannot be read: {why}.", inner);
}
