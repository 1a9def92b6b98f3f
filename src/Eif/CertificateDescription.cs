using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Sequencer.Eif;

/// <summary>A signing certificate as <c>nitro-cli describe-eif</c> prints it, in OpenSSL's words.</summary>
internal sealed class CertificateDescription
{
    private readonly SortedDictionary<string, string> _issuer;
    private readonly X509Certificate2 _certificate;
    private readonly byte[] _signature;

    private CertificateDescription(X509Certificate2 certificate)
    {
        _certificate = certificate;
        _issuer = Names(certificate.IssuerName);
        _signature = SignatureBits(certificate);
    }

    /// <exception cref="EifException"><see cref="EifError.BadCertificate"/> when its names cannot be read.
    /// </exception>
    public static CertificateDescription Of(X509Certificate2 certificate)
    {
        try
        {
            return new(certificate);
        }
        catch (Exception e) when (e is AsnContentException or ArgumentException)
        {
            throw new EifException(
                EifError.BadCertificate, "The signing certificate's issuer cannot be read: " + e.Message, e);
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("SigningCertificate"u8);
        writer.WriteStartObject("IssuerName"u8);
        foreach (var (name, value) in _issuer)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteString("Algorithm"u8, Algorithm(_certificate.SignatureAlgorithm.Value));
        writer.WriteString("NotBefore"u8, Time(_certificate.NotBefore));
        writer.WriteString("NotAfter"u8, Time(_certificate.NotAfter));
        writer.WriteString("Signature"u8, BitConverter.ToString(_signature).Replace('-', ':'));
        writer.WriteEndObject();
    }

    /// <summary>Attributes by OpenSSL's long names, sorted; of one that occurs twice the last.</summary>
    private static SortedDictionary<string, string> Names(X500DistinguishedName name)
    {
        var names = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var sequence = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf();
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                var oid = attribute.ReadObjectIdentifier();
                names[LongName(oid)] = attribute.ReadCharacterString(
                    (UniversalTagNumber)attribute.PeekTag().TagValue);
            }
        }

        return names;
    }

    private static string LongName(string oid) => oid switch
    {
        "2.5.4.3" => "commonName",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "countryName",
        "2.5.4.7" => "localityName",
        "2.5.4.8" => "stateOrProvinceName",
        "2.5.4.10" => "organizationName",
        "2.5.4.11" => "organizationalUnitName",
        "1.2.840.113549.1.9.1" => "emailAddress",
        _ => oid,
    };

    private static string Algorithm(string? oid) => oid switch
    {
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        _ => oid ?? "",
    };

    /// <summary>OpenSSL's way of printing a time: <c>Jan  2 03:04:05 2026 GMT</c>.</summary>
    private static string Time(DateTime local)
    {
        var utc = local.ToUniversalTime();
        var day = utc.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2);
        return utc.ToString($"MMM '{day}' HH:mm:ss yyyy 'GMT'", CultureInfo.InvariantCulture);
    }

    private static byte[] SignatureBits(X509Certificate2 certificate)
    {
        var parts = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
        parts.ReadSequence();
        parts.ReadSequence();
        return parts.ReadBitString(out _);
    }
}
