using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Eif.Tests;

/// <summary>Small images and signing keys for the tests.</summary>
internal static class TestImages
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    public static EifMetadata Metadata { get; } = new()
    {
        ImageName = "test",
        ImageVersion = "1",
        BuildTime = "1970-01-01T00:00:00Z",
        BuildTool = "tests",
        BuildToolVersion = "0",
        OperatingSystem = "Linux",
        KernelVersion = "6.12.95+deb12",
    };

    public static EifBuilder Builder { get; } = new()
    {
        Kernel = "kernel"u8.ToArray(),
        CommandLine = "console=ttyS0",
        Metadata = Metadata,
        Ramdisks = [(byte[])[1, 2, 3], (byte[])[4, 5], (byte[])[6]],
    };

    public static EifFile Image => EifFile.Parse(Builder.Build());

    /// <summary>A self-signed certificate, valid for a year, and its key, both in PEM.</summary>
    public static (string Certificate, string Key) SigningPair(
        ECCurve? curve = null, int validFromDays = -180)
    {
        using var key = ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest(
            "CN=image signer, O=Example, C=DE", key, HashAlgorithmName.SHA384);
        using var certificate = request.CreateSelfSigned(
            Now.AddDays(validFromDays), Now.AddDays(validFromDays + 365));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public static EifFile Signed(out string certificatePem)
    {
        (certificatePem, var key) = SigningPair();
        return EifFile.Parse(EifSigner.Sign(Image, certificatePem, key, Now));
    }

    public static void ShouldBeRefused<T>(this Func<T> function, EifError error) =>
        new Action(() => function()).ShouldBeRefused(error);

    /// <summary>Fails unless the action is refused for exactly this reason, in a sentence.</summary>
    public static void ShouldBeRefused(this Action action, EifError error)
    {
        var refusal = action.Should().Throw<EifException>().Which;
        refusal.Error.Should().Be(error, refusal.Message);
        refusal.Message.Should().EndWith(".").And.Contain(" ");
    }
}
