using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sequencer.Attestation;

namespace Sequencer.Simulation;

/// <summary>
/// A certificate authority that stands in for AWS's where there is no Nitro. Its name says what it is, and
/// verifiers accept its documents only where their policy names it. Whoever holds its key can make any
/// document.
/// </summary>
public sealed class SimulatedRoot : IDisposable
{
    /// <summary>Common name of every simulated root.</summary>
    public const string CommonName = TrustedRoot.SimulatedMark + " aws.nitro-enclaves (not a Nitro enclave)";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30 * 365);

    private SimulatedRoot(X509Certificate2 certificate, ECDsa key)
    {
        Key = key;
        Der = certificate.RawData;
        Name = certificate.SubjectName;
        Trusted = TrustedRoot.Simulated(Der);
    }

    /// <summary>The certificate, DER.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>What a verifier's policy names.</summary>
    public TrustedRoot Trusted { get; }

    internal X500DistinguishedName Name { get; }

    internal ECDsa Key { get; }

    /// <summary>A new root with a new P-384 key, valid from a day before now for thirty years.</summary>
    public static SimulatedRoot Create(TimeProvider clock)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var name = CertificateFactory.Name(CommonName);
        var start = clock.GetUtcNow().AddDays(-1);
        var certificate = CertificateFactory.Issue(
            new CertificateProfile(name, key, start, start + Lifetime) { IsAuthority = true }, name, key);
        using (certificate)
            return new SimulatedRoot(certificate, key);
    }

    /// <summary>
    /// Writes certificate and key as PEM, each to a new file that only its owner can read. Neither file
    /// appears before it is complete, and an existing file is never replaced.
    /// </summary>
    /// <exception cref="IOException">One of the files exists, or cannot be written.</exception>
    public void Save(string certificatePath, string keyPath)
    {
        foreach (var path in new[] { certificatePath, keyPath })
        {
            if (File.Exists(path))
                throw new IOException($"{path} exists and is not replaced: move it away, or load it.");
        }

        SecretFile.Write(keyPath, Key.ExportPkcs8PrivateKeyPem() + "\n");
        SecretFile.Write(certificatePath, PemEncoding.WriteString("CERTIFICATE", Der.Span) + "\n");
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="FormatException">
    /// A file is not PEM, the two do not belong together, or the certificate is not a simulated root.
    /// </exception>
    public static SimulatedRoot Load(string certificatePath, string keyPath)
    {
        var key = ECDsa.Create();
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(certificatePath));
            key.ImportFromPem(File.ReadAllText(keyPath));
            using var stated = certificate.GetECDsaPublicKey();
            if (stated is null
                || !stated.ExportSubjectPublicKeyInfo().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            {
                throw new FormatException(
                    $"The key in {keyPath} is not that of the certificate {certificatePath}.");
            }

            return new SimulatedRoot(certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new FormatException(
                $"{certificatePath} and {keyPath} are no certificate and its key in PEM: {exception.Message}",
                exception);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public void Dispose() => Key.Dispose();
}
