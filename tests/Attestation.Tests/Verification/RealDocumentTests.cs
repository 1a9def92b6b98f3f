using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using System.Security.Cryptography.X509Certificates;
using Sequencer.Testing;

namespace Sequencer.Attestation.Tests;

/// <summary>
/// Documents that real Nitro enclaves made, and a fake, accepted and refused as their names say.
/// </summary>
public class RealDocumentTests
{
    private const string Production = "nitro/01-blocky-nitrite-prod-2024-09-07.b64";
    private const string Debug = "nitro/02-blocky-nitrite-debug-2024-09-07.b64";
    private const string SelfSigned = "nitro/03-blocky-nitrite-selfsigned-2024-04-17.b64";
    private const string Indefinite = "nitro/13-fastcrypto-indef-2025-11-10.b64";

    private static readonly VerificationTime Present = new VerificationTime.Now(TimeProvider.System);

    private static readonly AttestationPolicy OtherImage =
        new() { Root = TrustedRoot.Aws, Images = DocumentForge.Images };

    [SharedDataFact(Production)]
    public void Production_AtItsTimestamp_IsAccepted()
    {
        var bytes = Read(Production);
        var verified = AttestationVerifier.Verify(bytes, PolicyFor(bytes), Refusal.OwnTime);
        verified.IsSimulated.Should().BeFalse();
        verified.RootSha256.Should().Be("641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b");
        verified.VerifiedAt.Should().Be(DateTimeOffset.FromUnixTimeMilliseconds(1_725_719_859_545));
        verified.Image.ToString().Should().StartWith("e72a46ca80a260fb");
        verified.Chain.Should().HaveCount(5);
        verified.Chain[^1].Subject
            .Should().StartWith("CN=i-0a22e5c5f24d22174-enc0191cceb4289903f.us-east-1.aws");
        verified.Chain[^1].NotAfter.Should().Be(new DateTimeOffset(2024, 9, 7, 17, 37, 39, TimeSpan.Zero));
        var document = verified.Document;
        document.ModuleId.Should().Be("i-0a22e5c5f24d22174-enc0191cceb4289903f");
        new[] { document.PublicKey, document.UserData, document.Nonce }
            .Should().OnlyContain(field => field!.Value.Length == 1024);
    }

    /// <summary>
    /// PCR4 is SHA-384 of zeros and the instance's name, which the module's name begins with.
    /// </summary>
    [SharedDataFact(Production)]
    public void Production_Pcr4_IsTheInstanceOfItsModule()
    {
        var document = AttestationDocument.Parse(Read(Production));
        var instance = System.Text.Encoding.ASCII.GetBytes(document.ModuleId.Split("-enc")[0]);
        document.Pcrs[4].ToArray().Should().Equal(SHA384.HashData([.. new byte[48], .. instance]));
    }

    [SharedDataFact(Production)]
    public void Production_OfAnotherImageOrWithAnotherNonce_IsRefused()
    {
        var bytes = Read(Production);
        Refusal.Of(bytes, OtherImage, Refusal.OwnTime)
            .Should().Be(AttestationError.ImageNotAccepted);
        Refusal.Of(bytes, PolicyFor(bytes) with { Nonce = new byte[32] }, Refusal.OwnTime)
            .Should().Be(AttestationError.NonceMismatch);
    }

    [SharedDataFact(Production)]
    public void Production_Now_HasExpired()
    {
        var bytes = Read(Production);
        Refusal.Of(bytes, PolicyFor(bytes), Present).Should().Be(AttestationError.Expired);
    }

    [SharedDataFact(Production)]
    public void Production_WithinTheLifeOfItsLeaf_IsAccepted()
    {
        var bytes = Read(Production);
        var policy = PolicyFor(bytes);
        var issued = new DateTimeOffset(2024, 9, 7, 14, 37, 36, TimeSpan.Zero);
        Refusal.Of(bytes, policy, new VerificationTime.At(issued)).Should().BeNull();
        Refusal.Of(bytes, policy, new VerificationTime.At(issued.AddSeconds(-1)))
            .Should().Be(AttestationError.NotYetValid);
        Refusal.Of(bytes, policy, new VerificationTime.At(issued.AddHours(3.1)))
            .Should().Be(AttestationError.Expired);
    }

    [SharedDataFact(Production)]
    public void Production_UnderASimulatedRoot_IsRefused()
    {
        var bytes = Read(Production);
        Refusal.Of(bytes, PolicyFor(bytes) with { Root = ForgedChain.Good.Root }, Refusal.OwnTime)
            .Should().Be(AttestationError.RootNotTrusted);
    }

    [SharedDataFact(Debug)]
    public void Debug_AtItsTimestamp_IsRefusedForThatAlone()
    {
        var report = AttestationVerifier.Check(Read(Debug), OtherImage, Refusal.OwnTime);
        report.Checks.Should().ContainSingle(check => check.Outcome == CheckOutcome.Failed)
            .Which.Error.Should().Be(AttestationError.DebugMode);
        report.Document!.Pcrs[4].Span.ContainsAnyExcept((byte)0)
            .Should().BeTrue("a debug enclave keeps PCR4");
    }

    [SharedDataFact(SelfSigned)]
    public void SelfSigned_IsRefused()
    {
        Refusal.Of(Read(SelfSigned), OtherImage, Refusal.OwnTime)
            .Should().Be(AttestationError.UnprotectedHeader);
        Refusal.Of(Read(SelfSigned), OtherImage, Present).Should().Be(AttestationError.UnprotectedHeader);
    }

    [SharedDataFact(Indefinite)]
    public void Indefinite_AtItsTimestamp_IsAcceptedAndNowHasExpired()
    {
        var bytes = Read(Indefinite);
        var verified = AttestationVerifier.Verify(bytes, PolicyFor(bytes), Refusal.OwnTime);
        verified.VerifiedAt.Year.Should().Be(2025);
        verified.Document.UserData!.Value.Length.Should().Be(0);
        verified.Document.Nonce.Should().BeNull();
        verified.Document.Pcrs.Should().HaveCount(17, "PCR16 was locked by the application");
        Refusal.Of(bytes, PolicyFor(bytes), Present).Should().Be(AttestationError.Expired);
    }

    [SharedDataTheory(Production)]
    [InlineData(Production)]
    [InlineData(Debug)]
    [InlineData(Indefinite)]
    public void RealDocuments_ChainAndSignature_HoldForThePlatformToo(string path)
    {
        var bytes = Read(path);
        var document = AttestationDocument.Parse(bytes);
        byte[][] chain = [.. document.CaBundle.Select(der => der.ToArray()), document.Certificate.ToArray()];
        XChain.Accepts(chain, document.Timestamp).Should().BeTrue();
        using var leaf = X509CertificateLoader.LoadCertificate(chain[^1]);
        CoseMessage.DecodeSign1(bytes.ToArray()).VerifyEmbedded(leaf.GetECDsaPublicKey()!).Should().BeTrue();
    }

    [SharedDataTheory(Production)]
    [InlineData(Production)]
    [InlineData(Indefinite)]
    public void RealDocuments_AnyByteOfTheSignatureChanged_AreRefused(string path)
    {
        var bytes = Read(path).ToArray();
        var policy = PolicyFor(bytes);
        for (var i = 1; i <= 96; i += 5)
        {
            bytes[^i] ^= 0x20;
            Refusal.Of(bytes, policy, Refusal.OwnTime).Should().Be(AttestationError.BadSignature);
            bytes[^i] ^= 0x20;
        }
    }

    private static ReadOnlyMemory<byte> Read(string path) =>
        Convert.FromBase64String(SharedData.ReadText(path));

    private static AttestationPolicy PolicyFor(ReadOnlyMemory<byte> bytes)
    {
        var pcrs = AttestationDocument.Parse(bytes).Pcrs;
        var image = new ImageMeasurement(pcrs[0], pcrs[1], pcrs[2]);
        return OtherImage with { Images = new AcceptedImages(image) };
    }
}
