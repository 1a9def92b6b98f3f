using CsCheck;
using Sequencer.Iac.Keys;
using Sequencer.Iac.Tests.Fakes;

namespace Sequencer.Iac.Tests.Keys;

public sealed class SshPublicKeyTests
{
    private static readonly string[] Labels = ["OPENSSH PRIVATE KEY", "RSA PRIVATE KEY", "X"];

    [Fact]
    public void OfPrivateKey_Ed25519_IsThePublicKeyOfTheFile()
    {
        var (pem, publicKey) = FakeKeyPairs.Ed25519(5);
        SshPublicKey.OfPrivateKey(pem).Should().Be(publicKey.Split(' ')[1]);
    }

    [Fact]
    public void OfPrivateKey_Rsa_IsThePublicKeyOfTheFile()
    {
        var (pem, publicKey) = FakeKeyPairs.Rsa();
        SshPublicKey.OfPrivateKey(pem).Should().Be(publicKey.Split(' ')[1]);
    }

    [Fact]
    public void OfPrivateKey_AnyBytes_GivesNothingAndNeverThrows() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 2].Select(one => Labels[one]))
            .Sample((bytes, label) =>
            {
                byte[] withMagic = [.. "openssh-key-v1\0"u8, .. bytes];
                foreach (var data in new[] { bytes, withMagic })
                {
                    var pem = System.Security.Cryptography.PemEncoding.WriteString(label, data);
                    var found = SshPublicKey.OfPrivateKey(pem);
                    if (label != "OPENSSH PRIVATE KEY")
                        found.Should().BeNull();
                }
            });
}
