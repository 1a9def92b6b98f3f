using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sequencer.Attestation.Tests;

/// <summary>Every way in which one certificate of a chain can be wrong, one at a time.</summary>
public class CertificateTests
{
    private const int Root = 0;
    private const int Regional = 1;
    private const int Instance = 3;
    private const int Leaf = 4;

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public void Verify_IssuerThatIsNoAuthority_IsRefused(bool? isAuthority)
    {
        for (var index = Root; index <= Instance; index++)
        {
            // The platform lets a trust anchor be one by its key usage alone.
            Refusal.OfChain(index, recipe => recipe with { IsAuthority = isAuthority, PathLength = null },
                platformAccepts: index == Root && isAuthority is null)
                .Should().Be(AttestationError.BasicConstraints);
        }
    }

    [Fact]
    public void Verify_BasicConstraintsOfAnIssuerNotCritical_IsRefused()
    {
        Refusal.Of(new DocumentForge(ForgedChain.With(
            Regional, recipe => recipe with { BasicConstraintsCritical = false })))
            .Should().Be(AttestationError.BasicConstraints);
    }

    [Fact]
    public void Verify_LeafThatIsAnAuthority_IsRefused()
    {
        Refusal.Of(new DocumentForge(ForgedChain.With(Leaf, recipe => recipe with { IsAuthority = true })))
            .Should().Be(AttestationError.BasicConstraints);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(X509KeyUsageFlags.DigitalSignature)]
    [InlineData(X509KeyUsageFlags.CrlSign)]
    public void Verify_IssuerThatMayNotSignCertificates_IsRefused(X509KeyUsageFlags? usage)
    {
        for (var index = Root; index <= Instance; index++)
        {
            Refusal.Of(new DocumentForge(ForgedChain.With(index, recipe => recipe with { KeyUsage = usage })))
                .Should().Be(AttestationError.KeyUsage);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(X509KeyUsageFlags.KeyAgreement)]
    [InlineData(X509KeyUsageFlags.NonRepudiation)]
    [InlineData(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign)]
    public void Verify_LeafThatMayNotSignDocuments_IsRefused(X509KeyUsageFlags? usage)
    {
        Refusal.Of(new DocumentForge(ForgedChain.With(Leaf, recipe => recipe with { KeyUsage = usage })))
            .Should().Be(AttestationError.KeyUsage);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void Verify_KeyOnAnotherCurve_IsRefused(int index)
    {
        foreach (var curve in new[] { ECCurve.NamedCurves.nistP256, ECCurve.NamedCurves.nistP521 })
        {
            Refusal.Of(new DocumentForge(ForgedChain.With(index, recipe => recipe with { Curve = curve }))
            {
                Resign = _ => new byte[96],
            }).Should().Be(AttestationError.WrongKeyType);
        }
    }

    [Fact]
    public void Verify_RsaKey_IsRefused()
    {
        Refusal.Of(new DocumentForge(ForgedChain.With(Leaf, recipe => recipe with { IsRsa = true })))
            .Should().Be(AttestationError.WrongKeyType);
    }

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA512")]
    public void Verify_CertificateSignedWithAnotherHash_IsRefused(string hash)
    {
        Refusal.Of(new DocumentForge(ForgedChain.With(
            Leaf, recipe => recipe with { Hash = new HashAlgorithmName(hash) })))
            .Should().Be(AttestationError.WrongKeyType);
    }

    [Fact]
    public void Verify_CriticalExtensionThatIsNotUnderstood_IsRefusedAndAnotherIsNot()
    {
        OfExtension(critical: true).Should().Be(AttestationError.CriticalExtension);
        OfExtension(critical: false).Should().BeNull();

        static AttestationError? OfExtension(bool critical) => Refusal.OfChain(Regional, recipe => recipe with
        {
            Extra = new X509Extension("1.3.6.1.4.1.55555.1", [0x05, 0x00], critical),
        });
    }

    [Fact]
    public void Verify_ExtensionTwice_IsRefused()
    {
        byte[] placeholder = [0x06, 0x03, 0x55, 0x1d, 0x63];
        byte[] basicConstraints = [0x06, 0x03, 0x55, 0x1d, 0x13];
        var chain = ForgedChain.With(Instance, recipe => recipe with
        {
            Extra = new X509Extension("2.5.29.99", [0x30, 0x03, 0x01, 0x01, 0xff], critical: true),
        });
        var instance = chain.Certificates[Instance];
        basicConstraints.CopyTo(instance, instance.AsSpan().IndexOf(placeholder));
        Refusal.Of(new DocumentForge(chain)).Should().Be(AttestationError.CertificateMalformed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Verify_CertificateOutsideItsValidity_IsRefused(int index)
    {
        Refusal.OfChain(index, recipe => recipe with { NotAfter = ForgedChain.Now.AddSeconds(-1) })
            .Should().Be(AttestationError.Expired);
        Refusal.OfChain(index, recipe => recipe with { NotBefore = ForgedChain.Now.AddSeconds(1) })
            .Should().Be(AttestationError.NotYetValid);
    }

    /// <summary>Not a sequence of two numbers: to be refused, not to be stumbled over.</summary>
    [Fact]
    public void Verify_CertificateWhoseSignatureIsNoSignature_IsRefused()
    {
        for (var index = Regional; index <= Leaf; index++)
        {
            var chain = ForgedChain.Make(ForgedChain.GoodRecipes());
            var signature = chain.Certificates[index].AsSpan()[^110..];
            signature[signature.IndexOf((ReadOnlySpan<byte>)[0x00, 0x30]) + 1] = 0x31;
            Refusal.Of(new DocumentForge(chain)).Should().Be(AttestationError.ChainBroken);
        }
    }

    [Fact]
    public void Verify_CertificateWithBytesBehindIt_IsRefused()
    {
        byte[] longer = [.. ForgedChain.Good.Certificates[Leaf], 0x00];
        Refusal.Of(new DocumentForge().Bytes("certificate", longer))
            .Should().Be(AttestationError.CertificateMalformed);
    }

    [Fact]
    public void Verify_CertificateAsPemOrOtherThanACertificate_IsRefused()
    {
        var pem = PemEncoding.WriteString("CERTIFICATE", ForgedChain.Good.Certificates[Leaf]);
        byte[][] others = [Encoding.ASCII.GetBytes(pem), new byte[64], [0x30, 0x00], [0x30]];
        foreach (var bytes in others)
        {
            Refusal.Of(new DocumentForge().Bytes("certificate", bytes))
                .Should().Be(AttestationError.CertificateMalformed);
            Refusal.Of(new DocumentForge().Bundle([ForgedChain.Good.Certificates[Root], bytes]))
                .Should().Be(AttestationError.CertificateMalformed);
        }
    }
}
