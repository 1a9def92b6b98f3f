using Sequencer.Testing;

namespace Sequencer.Attestation.Tests;

/// <summary>The documents in ../shared/nitro, accepted and refused as their names say.</summary>
public class RealDocumentTests
{
    private const string Production = "nitro/01-blocky-nitrite-prod-2024-09-07.b64";
    private const string Debug = "nitro/02-blocky-nitrite-debug-2024-09-07.b64";
    private const string SelfSigned = "nitro/03-blocky-nitrite-selfsigned-2024-04-17.b64";
    private const string Indefinite = "nitro/13-fastcrypto-indef-2025-11-10.b64";

    private static readonly VerificationTime Present = new VerificationTime.Now(TimeProvider.System);
    private static readonly VerificationTime OwnTime = new VerificationTime.DocumentTimestamp();

    [SharedDataFact(Production)]
    public void Production_AtItsTimestamp_IsAccepted()
    {
        var document = Read(Production);
        var verified = AttestationVerifier.Verify(document, PolicyFor(document), OwnTime);
        verified.IsSimulated.Should().BeFalse();
    }

    [SharedDataFact(Debug)]
    public void Debug_AtItsTimestamp_IsRefusedAsDebug()
    {
        var policy = new AttestationPolicy { Root = TrustedRoot.Aws, Images = AcceptedImages.AnyForInspection };
        Refused(Read(Debug), policy, OwnTime).Should().Be(AttestationError.DebugMode);
    }

    private static ReadOnlyMemory<byte> Read(string path) => Convert.FromBase64String(SharedData.ReadText(path));

    private static AttestationPolicy PolicyFor(ReadOnlyMemory<byte> bytes)
    {
        var pcrs = AttestationDocument.Parse(bytes).Pcrs;
        return new AttestationPolicy
        {
            Root = TrustedRoot.Aws,
            Images = new AcceptedImages(new ImageMeasurement(pcrs[0], pcrs[1], pcrs[2])),
        };
    }

    private static AttestationError Refused(
        ReadOnlyMemory<byte> document, AttestationPolicy policy, VerificationTime time) =>
        FluentActions.Invoking(() => AttestationVerifier.Verify(document, policy, time))
            .Should().Throw<AttestationException>().Which.Reason;

    [SharedDataFact(SelfSigned)]
    public void SelfSigned_IsRefused()
    {
        var policy = new AttestationPolicy { Root = TrustedRoot.Aws, Images = AcceptedImages.AnyForInspection };
        Refused(Read(SelfSigned), policy, OwnTime).Should().Be(AttestationError.UnprotectedHeader);
    }

    [SharedDataFact(Indefinite)]
    public void Indefinite_AtItsTimestamp_IsAccepted()
    {
        var document = Read(Indefinite);
        AttestationVerifier.Verify(document, PolicyFor(document), OwnTime).Image.Should().NotBeNull();
        Refused(document, PolicyFor(document), Present).Should().Be(AttestationError.Expired);
    }
}
