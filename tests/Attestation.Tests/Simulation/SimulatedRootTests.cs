using System.Security.Cryptography.X509Certificates;
using Sequencer.Hosting;
using Sequencer.Simulation;
using Sequencer.Testing;

namespace Sequencer.Attestation.Tests;

public sealed class SimulatedRootTests : IDisposable
{
    private readonly ManualClock _clock = new(ForgedChain.Now);
    private readonly TempFolder _folder = new();

    private string CertificatePath => _folder.Under("root.pem");

    private string KeyPath => _folder.Under("root-key.pem");

    [Fact]
    public void Create_SaysInItsNameWhatItIs()
    {
        using var root = SimulatedRoot.Create(_clock);
        root.Trusted.IsSimulated.Should().BeTrue();
        root.Trusted.Subject.Should().Contain("SIMULATED").And.Contain("not a Nitro enclave");
    }

    [Fact]
    public void Load_OfWhatWasSaved_SignsForTheSameRoot()
    {
        using var made = SimulatedRoot.Create(_clock);
        made.Save(CertificatePath, KeyPath);
        using var loaded = SimulatedRoot.Load(CertificatePath, KeyPath);
        loaded.Der.ToArray().Should().Equal(made.Der.ToArray());
        using var nsm = new SimulatedNsm(loaded, _clock);
        var policy = new AttestationPolicy
        {
            Root = made.Trusted,
            Images = new AcceptedImages(SimulatedNsm.Image),
        };
        Refusal.Of(nsm.Attest(null, null, null), policy, Refusal.OwnTime).Should().BeNull();
    }

    [Fact]
    public void Save_MakesFilesForTheirOwnerAloneAndLeavesNothingElse()
    {
        using var root = SimulatedRoot.Create(_clock);
        root.Save(CertificatePath, KeyPath);
        Directory.GetFiles(_folder.Path).Should().BeEquivalentTo([CertificatePath, KeyPath]);
        foreach (var path in Directory.GetFiles(_folder.Path))
            File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.ReadAllText(CertificatePath).Should().StartWith("-----BEGIN CERTIFICATE-----\n");
        File.ReadAllText(KeyPath).Should().StartWith("-----BEGIN PRIVATE KEY-----\n").And.EndWith("-----\n");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Save_WhereAFileExists_ReplacesNothing(bool isKey)
    {
        File.WriteAllText(isKey ? KeyPath : CertificatePath, "mine");
        using var root = SimulatedRoot.Create(_clock);
        root.Invoking(other => other.Save(CertificatePath, KeyPath))
            .Should().Throw<IOException>().WithMessage("*not replaced*");
        Directory.GetFiles(_folder.Path).Should().ContainSingle();
        File.ReadAllText(isKey ? KeyPath : CertificatePath).Should().Be("mine");
    }

    /// <summary>A file that appears while another is being written is not replaced either.</summary>
    [Fact]
    public void SecretFile_WhereAFileAppears_ReplacesNothingAndLeavesNoDraft()
    {
        File.WriteAllText(KeyPath, "mine");
        FluentActions.Invoking(() => SecretFile.Write(KeyPath, "theirs")).Should().Throw<IOException>();
        File.ReadAllText(KeyPath).Should().Be("mine");
        Directory.GetFiles(_folder.Path).Should().ContainSingle();
    }

    [Fact]
    public void Load_KeyOfAnotherRoot_IsRefused()
    {
        using var one = SimulatedRoot.Create(_clock);
        using var other = SimulatedRoot.Create(_clock);
        one.Save(CertificatePath, KeyPath);
        other.Save(CertificatePath + "2", KeyPath + "2");
        Refused(CertificatePath, KeyPath + "2").WithMessage("*is not that of the certificate*");
    }

    [Fact]
    public void Load_OtherFiles_IsRefused()
    {
        using var root = SimulatedRoot.Create(_clock);
        root.Save(CertificatePath, KeyPath);
        File.WriteAllText(_folder.Under("text"), "text");
        Refused(_folder.Under("text"), KeyPath);
        Refused(CertificatePath, _folder.Under("text"));
        Refused(KeyPath, CertificatePath);
        using var certificate = X509CertificateLoader.LoadCertificate(root.Der.Span);
        using var publicKey = certificate.GetECDsaPublicKey()!;
        File.WriteAllText(KeyPath + "2", publicKey.ExportSubjectPublicKeyInfoPem());
        Refused(CertificatePath, KeyPath + "2");
        FluentActions.Invoking(() => SimulatedRoot.Load(_folder.Under("none"), KeyPath))
            .Should().Throw<IOException>();
    }

    public void Dispose() => _folder.Dispose();

    private static FluentAssertions.Specialized.ExceptionAssertions<FormatException> Refused(
        string certificatePath, string keyPath) =>
        FluentActions.Invoking(() => SimulatedRoot.Load(certificatePath, keyPath))
            .Should().Throw<FormatException>();
}
