using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Simulation;

/// <summary>
/// Issues P-384 certificates with the extensions, in number, order and criticality, of Nitro's own.
/// </summary>
internal static class CertificateFactory
{
    private const int SerialSize = 16;

    public static X500DistinguishedName Name(string commonName)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCountryOrRegion("US");
        builder.AddOrganizationName("Simulation");
        builder.AddOrganizationalUnitName("AWS");
        builder.AddCommonName(commonName);
        return builder.Build();
    }

    /// <summary>A certificate, DER.</summary>
    public static byte[] Issue(
        CertificateProfile profile, X500DistinguishedName issuer, ECDsa issuerKey)
    {
        var request = new CertificateRequest(profile.Name, profile.Key, HashAlgorithmName.SHA384);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(
            profile.IsAuthority, profile.PathLength is not null, profile.PathLength ?? 0, critical: true));
        if (profile.IsAuthority)
            AddAuthorityExtensions(request, profile, issuerKey);
        else
            extensions.Add(new X509KeyUsageExtension(
                X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, critical: false));
        using var certificate = request.Create(issuer, X509SignatureGenerator.CreateForECDsa(issuerKey),
            profile.NotBefore, profile.NotAfter,
            profile.Serial ?? RandomNumberGenerator.GetBytes(SerialSize));
        return certificate.RawData;
    }

    private static void AddAuthorityExtensions(
        CertificateRequest request, CertificateProfile profile, ECDsa issuerKey)
    {
        var extensions = request.CertificateExtensions;
        var subjectKey = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        var issuerKeyId = X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
            new X509SubjectKeyIdentifierExtension(new PublicKey(issuerKey), critical: false));
        if (profile.SignsCertificatesOnly)
        {
            extensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
            extensions.Add(subjectKey);
            extensions.Add(issuerKeyId);
            return;
        }

        if (issuerKey != profile.Key)
            extensions.Add(issuerKeyId);
        extensions.Add(subjectKey);
        extensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
            critical: true));
        if (profile.RevocationListUri is { } uri)
        {
            extensions.Add(
                CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([uri], critical: false));
        }
    }
}
