using System.Security.Cryptography;
using System.Text;
using Sequencer.Testing;

namespace Sequencer.Attestation.Tests;

public class TrustedRootTests
{
    private const string AwsDer = "nitro/aws-root-g1.der";

    [Fact]
    public void Aws_IsTheDocumentedRoot()
    {
        TrustedRoot.Aws.Sha256
            .Should().Be("641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b");
        TrustedRoot.Aws.Der.Length.Should().Be(533);
        TrustedRoot.Aws.Subject.Should().Contain("CN=aws.nitro-enclaves");
        TrustedRoot.Aws.IsSimulated.Should().BeFalse();
    }

    [SharedDataFact(AwsDer)]
    public void Aws_IsThePublishedFile()
    {
        TrustedRoot.Aws.Der.ToArray().Should().Equal(SharedData.ReadBytes(AwsDer));
    }

    [Fact]
    public void Simulated_RootThatSaysSo_IsTaken()
    {
        var der = ForgedChain.Good.Certificates[0];
        var root = TrustedRoot.Simulated(der);
        root.IsSimulated.Should().BeTrue();
        root.Sha256.Should().Be(Convert.ToHexStringLower(SHA256.HashData(der)));
    }

    [Fact]
    public void Simulated_RootThatDoesNotSaySo_IsRefused()
    {
        Refused(TrustedRoot.Aws.Der);
        Refused(ForgedChain.Good.Certificates[1]);
        Refused(ForgedChain.With(0, recipe => recipe with { CommonName = "simulated" }).Certificates[0]);
    }

    [Fact]
    public void Simulated_BytesThatAreNoCertificate_AreRefused()
    {
        var der = ForgedChain.Good.Certificates[0];
        Refused(Array.Empty<byte>());
        Refused(new byte[100]);
        Refused(der.AsMemory(0, der.Length - 1));
        Refused((byte[])[.. der, 0]);
        Refused(Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", der)));
    }

    private static void Refused(ReadOnlyMemory<byte> der) =>
        FluentActions.Invoking(() => TrustedRoot.Simulated(der)).Should().Throw<FormatException>();
}
