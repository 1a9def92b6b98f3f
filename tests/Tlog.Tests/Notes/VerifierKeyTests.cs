using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class VerifierKeyTests
{
    private const string Valid = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    [Fact]
    public void Parse_AnyKey_RoundTrips() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Bool, Gen.Char['a', 'z'].Array[1, 60])
            .Sample((seed, witness, name) =>
        {
            var type = witness ? SignatureType.CosignatureEd25519 : SignatureType.Ed25519;
            using var signer = NoteSigner.FromSeed(seed);
            var key = VerifierKey.Create(new string(name), type, signer.PublicKey.Span);
            var parsed = VerifierKey.Parse(key.ToString());

            parsed.Should().Be(key);
            parsed.GetHashCode().Should().Be(key.GetHashCode());
            parsed.KeyId.Should().Be(key.KeyId);
            parsed.ToString().Should().Be(key.ToString());
        }, iter: 100);

    [Fact]
    public void Equals_AnotherNameTypeOrKey_IsFalse()
    {
        var key = TestKeys.LogKey();
        key.Equals((object)TestKeys.LogKey()).Should().BeTrue();
        key.Should().NotBe(TestKeys.LogKey("other.example"));
        key.Should().NotBe(TestKeys.LogKey(seed: 9));
        key.Should().NotBe(TestKeys.Key(key.Name, SignatureType.CosignatureEd25519, seed: 1));
        key.Equals(null).Should().BeFalse();
    }

    [Fact]
    public void AsSigner_OfACosigner_IsItsNameAndKeyOfType1()
    {
        var cosigner = TestKeys.WitnessKey();
        var signer = cosigner.AsSigner();

        signer.Should().Be(TestKeys.Key(cosigner.Name, SignatureType.Ed25519, seed: 2));
        signer.KeyId.Should().NotBe(cosigner.KeyId);
        var note = SignedNote.Create("text\n", TestKeys.Sign("text\n", signer, seed: 2));
        note.Verify([signer]).Keys.Should().Equal(signer);
    }

    [Theory]
    [InlineData("", TlogError.MalformedVerifierKey)]
    [InlineData("+", TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann", TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann+c74f20a3", TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann+c74f20a3+", TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann+0c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAAAA",
        TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann+c74f20a3+AQ==", TlogError.MalformedVerifierKey)]
    [InlineData("PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.UnsupportedKeyType)]
    [InlineData("PeterNeumann+c74f20a3+Bhpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.UnsupportedKeyType)]
    [InlineData("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.KeyIdMismatch)]
    [InlineData("PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", TlogError.KeyIdMismatch)]
    [InlineData("PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.KeyIdMismatch)]
    [InlineData("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", TlogError.InvalidKeyName)]
    [InlineData("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.InvalidKeyName)]
    [InlineData("Peter\u00a0Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.InvalidKeyName)]
    [InlineData("Peter\u0085Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.InvalidKeyName)]
    [InlineData("Peter\u0001+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.InvalidKeyName)]
    [InlineData("Peter\u3000+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        TlogError.InvalidKeyName)]
    public void Parse_Malformed_IsRefused(string vkey, TlogError reason) =>
        Refusal.Of(() => VerifierKey.Parse(vkey)).Should().Be(reason);

    [Fact]
    public void Parse_NameWithALoneSurrogate_IsRefused() =>
        Refusal.Of(() => VerifierKey.Parse(Valid.Replace("Peter", "Peter\ud800", StringComparison.Ordinal)))
            .Should().Be(TlogError.InvalidUtf8);

    [Fact]
    public void Create_NameAboveItsLimitInBytes_IsRefused()
    {
        var key = TestKeys.LogKey(new string('é', 127) + "x").PublicKey;

        Refusal.Of(() => VerifierKey.Create(new string('é', 128), SignatureType.Ed25519, key.Span))
            .Should().Be(TlogError.InvalidKeyName);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(1312)]
    public void Create_AnotherLength_IsRefused(int length) =>
        Refusal.Of(() => VerifierKey.Create("name", SignatureType.Ed25519, new byte[length]))
            .Should().Be(TlogError.MalformedVerifierKey);

    [Fact]
    public void Parse_PostQuantumKey_SaysThatItsTypeIsNotSupported()
    {
        var typed = Convert.ToBase64String([6, .. new byte[1312]]);

        Refusal.ExceptionOf(() => VerifierKey.Parse($"witness+00000000+{typed}")).Should().BeEquivalentTo(
            new { Reason = TlogError.UnsupportedKeyType }, o => o.ExcludingMissingMembers());
    }

    [Fact]
    public void Verify_RightAndWrongSignatures_AreToldApart()
    {
        using var signer = TestKeys.Signer(1);
        var key = TestKeys.LogKey();
        var signature = new byte[64];
        signer.Sign("message"u8, signature);
        key.Verify("message"u8, signature);

        Refusal.Of(() => key.Verify("Message"u8, signature)).Should().Be(TlogError.BadSignature);
        Refusal.Of(() => TestKeys.LogKey(seed: 3).Verify("message"u8, signature))
            .Should().Be(TlogError.BadSignature);
        Refusal.Of(() => key.Verify("message"u8, signature.AsSpan(1))).Should().Be(TlogError.BadSignature);
        Refusal.Of(() => key.Verify("message"u8, [])).Should().Be(TlogError.BadSignature);
    }

    [Fact]
    public void Verify_AnyBitOfTheSignatureFlipped_IsRefused()
    {
        using var signer = TestKeys.Signer(1);
        var key = TestKeys.LogKey();
        var signature = new byte[64];
        signer.Sign("message"u8, signature);
        for (var bit = 0; bit < 512; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            Refusal.Of(() => key.Verify("message"u8, signature)).Should().Be(TlogError.BadSignature);
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    /// <summary>
    /// With a public key of small order, a signature made without any private key would satisfy the bare
    /// equation of RFC 8032 for every message.
    /// </summary>
    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void Verify_KeyOfSmallOrder_NeverAccepts(string publicKey)
    {
        var key = VerifierKey.Create("weak", SignatureType.Ed25519, Convert.FromHexString(publicKey));
        byte[] identityAndZero = [1, .. new byte[63]];

        Refusal.Of(() => key.Verify("anything"u8, identityAndZero)).Should().Be(TlogError.BadSignature);
        Refusal.Of(() => key.Verify("anything"u8, new byte[64])).Should().Be(TlogError.BadSignature);
    }
}
