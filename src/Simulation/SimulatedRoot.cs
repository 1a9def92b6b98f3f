using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sequencer.Attestation;
using Sequencer.Hosting;

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

    /// <summary>Guards <see cref="_key"/>, which several modules may sign with at once.</summary>
    private readonly Lock _lock = new();
    private readonly ECDsa _key;

    private readonly X500DistinguishedName _name;

    private SimulatedRoot(byte[] der, X500DistinguishedName name, ECDsa key)
    {
        _key = key;
        _name = name;
        Der = der;
        Trusted = TrustedRoot.Simulated(der);
    }

    /// <summary>The certificate, DER.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>What a verifier's policy names.</summary>
    public TrustedRoot Trusted { get; }

    /// <summary>A new root with a new P-384 key, valid from a day before now for thirty years.</summary>
    public static SimulatedRoot Create(TimeProvider clock)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var name = CertificateFactory.Name(CommonName);
        var start = clock.GetUtcNow().AddDays(-1);
        var profile = new CertificateProfile(name, key, start, start + Lifetime) { IsAuthority = true };
        return new SimulatedRoot(CertificateFactory.Issue(profile, name, key), name, key);
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

        SecretFile.Write(keyPath, _key.ExportPkcs8PrivateKeyPem() + "\n");
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

            _ = key.SignData([], HashAlgorithmName.SHA384); // refuses a file with the public key alone
            return new SimulatedRoot(certificate.RawData, certificate.SubjectName, key);
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

    public void Dispose() => _key.Dispose();

    /// <summary>Issues a certificate right below the root; DER.</summary>
    internal byte[] Issue(CertificateProfile profile)
    {
        lock (_lock)
            return CertificateFactory.Issue(profile, _name, _key);
    }
}
