using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Attestation.Tests;

public class SignatureTests
{
    /// <summary>Order of P-384 (SEC 2, 2.5.1).</summary>
    private static readonly BigInteger Order = BigInteger.Parse(
        "0ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void Verify_AgreesWithAnIndependentImplementationOfCose()
    {
        var message = CoseMessage.DecodeSign1(new DocumentForge().Build());
        using var leaf = X509CertificateLoader.LoadCertificate(ForgedChain.Good.Certificates[^1]);
        using var key = leaf.GetECDsaPublicKey()!;
        message.VerifyEmbedded(key).Should().BeTrue();
    }

    [Fact]
    public void Verify_PayloadChangedAfterSigning_IsRefused()
    {
        var forge = new DocumentForge
        {
            Tamper = payload =>
            {
                var changed = payload.ToArray();
                changed[20] ^= 0x01; // a digit of the module's name
                return changed;
            },
        };
        Refusal.Of(forge).Should().Be(AttestationError.BadSignature);
    }

    [Fact]
    public void Verify_SignedByAnotherKey_IsRefused()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var signature = stranger.SignData(new DocumentForge().Payload(), HashAlgorithmName.SHA384);
        Refusal.Of(new DocumentForge { Resign = _ => signature }).Should().Be(AttestationError.BadSignature);
    }

    /// <summary>The payload alone, without COSE's structure around it, is not what is to be signed.</summary>
    [Fact]
    public void Verify_SignatureOverTheBarePayload_IsRefused()
    {
        var forge = new DocumentForge
        {
            Resign = _ => ForgedChain.Good.Sign(new DocumentForge().Payload()),
        };
        Refusal.Of(forge).Should().Be(AttestationError.BadSignature);
    }

    [Fact]
    public void Verify_SignatureOfAnotherDocument_IsRefused()
    {
        var other = new DocumentForge().Bytes("nonce", [1]).Build();
        Refusal.Of(new DocumentForge { Resign = _ => other[^96..] })
            .Should().Be(AttestationError.BadSignature);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(255, 255)]
    public void Verify_SignatureOfSpecialNumbers_IsRefused(byte r, byte s)
    {
        var forge = new DocumentForge
        {
            Resign = _ =>
            {
                var signature = new byte[96];
                Array.Fill(signature, r == 255 ? (byte)255 : (byte)0);
                signature[47] = r;
                signature[95] = s;
                return signature;
            },
        };
        Refusal.Of(forge).Should().Be(AttestationError.BadSignature);
    }

    /// <summary>s and n − s are equally good, and real modules use either: no rule of low s here.</summary>
    [Fact]
    public void Verify_BothFormsOfASignature_AreAccepted()
    {
        Refusal.Of(new DocumentForge()).Should().BeNull();
        Refusal.Of(new DocumentForge { Resign = Negated }).Should().BeNull();
        Refusal.Of(new DocumentForge { Resign = sig => IsHigh(sig) ? sig : Negated(sig) })
            .Should().BeNull();
    }

    private static bool IsHigh(byte[] signature) => Number(signature[48..]) > Order / 2;

    private static byte[] Negated(byte[] signature)
    {
        var s = (Order - Number(signature[48..])).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. signature[..48], .. new byte[48 - s.Length], .. s];
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
