using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Attestation;

/// <summary>The one certificate a document's chain must begin with.</summary>
public sealed class TrustedRoot
{
    /// <summary>What a simulated root's common name must contain, and Amazon's never does.</summary>
    public const string SimulatedMark = "SIMULATED";

    private TrustedRoot(ReadOnlyMemory<byte> der, string subject, bool isSimulated)
    {
        Der = der;
        Subject = subject;
        IsSimulated = isSimulated;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(der.Span));
    }

    /// <summary>
    /// The root of AWS Nitro Enclaves, G1, valid 2019 to 2049; built in, never read from a file.
    /// </summary>
    public static TrustedRoot Aws { get; } = LoadAws();

    /// <summary>The certificate, DER.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>SHA-256 of the DER, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>The certificate's subject.</summary>
    public string Subject { get; }

    /// <summary>
    /// True where the root's owner can make any document: it proves nothing to anybody else.
    /// </summary>
    public bool IsSimulated { get; }

    /// <summary>A local root that simulates Nitro.</summary>
    /// <exception cref="FormatException">
    /// Not one DER certificate, or its common name does not say that it is a simulation.
    /// </exception>
    public static TrustedRoot Simulated(ReadOnlyMemory<byte> der)
    {
        var copy = der.ToArray();
        try
        {
            using var certificate = NitroCertificate.Load(copy, "The simulated root");
            var name = certificate.CommonName;
            if (!name.Contains(SimulatedMark, StringComparison.Ordinal))
            {
                throw new FormatException(
                    $"The common name \"{TerminalText.Of(name, "?")}\" does not contain {SimulatedMark}: "
                    + "this is no simulated root.");
            }

            return new TrustedRoot(copy, certificate.Subject, isSimulated: true);
        }
        catch (AttestationException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    private static TrustedRoot LoadAws()
    {
        using var certificate = X509Certificate2.CreateFromPem(AwsRoot.Pem);
        var root = new TrustedRoot(certificate.RawData, certificate.Subject, isSimulated: false);
        return root.Sha256 == AwsRoot.Sha256
            ? root
            : throw new CryptographicException(
                $"The built-in AWS root has the SHA-256 {root.Sha256}, expected {AwsRoot.Sha256}.");
    }
}
