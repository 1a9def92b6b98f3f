namespace Sequencer.Tlog.Tests;

public sealed class NoteSignerTests
{
    /// <summary>RFC 8032, section 7.1, TEST 1 and TEST 2.</summary>
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    public void Sign_Rfc8032Vectors_GivesTheirSignature(
        string seed, string publicKey, string message, string expected)
    {
        using var signer = NoteSigner.FromSeed(Convert.FromHexString(seed));
        var signature = new byte[64];
        signer.Sign(Convert.FromHexString(message), signature);

        Convert.ToHexStringLower(signer.PublicKey.Span).Should().Be(publicKey);
        Convert.ToHexStringLower(signature).Should().Be(expected);
    }

    [Fact]
    public void Generate_Twice_GivesDifferentKeysThatSign()
    {
        using var first = NoteSigner.Generate();
        using var second = NoteSigner.Generate();
        var signature = new byte[64];
        first.Sign("m"u8, signature);

        first.PublicKey.ToArray().Should().NotEqual(second.PublicKey.ToArray());
        VerifierKey.Create("k", SignatureType.Ed25519, first.PublicKey.Span).Verify("m"u8, signature);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(64)]
    public void FromSeed_AnotherLength_Throws(int length)
    {
        var restore = () => NoteSigner.FromSeed(new byte[length]);
        restore.Should().Throw<ArgumentException>().WithMessage("*32 bytes*");
    }

    [Fact]
    public void Sign_WrongSpaceOrDisposed_Throws()
    {
        var signer = TestKeys.Signer(1);
        var sign = (int size) => signer.Sign("m"u8, new byte[size]);

        sign.Invoking(s => s(63)).Should().Throw<ArgumentException>();
        signer.Dispose();
        sign.Invoking(s => s(64)).Should().Throw<ObjectDisposedException>();
    }
}
