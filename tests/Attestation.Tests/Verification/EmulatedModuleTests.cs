using System.Formats.Cbor;

namespace Sequencer.Attestation.Tests;

/// <summary>
/// The document of an emulated module, as of QEMU's nitro-enclave machine: algorithm -1, 64 zero bytes for
/// signature, certificate and the one authority. Its statements can be read by its own enclave, and nobody
/// may ever believe them.
/// </summary>
public class EmulatedModuleTests
{
    private static readonly byte[] Document = Emulated([0xa1, 0x01, 0x20], new byte[64]);

    [Fact]
    public void Document_HasTheKnownBeginning()
    {
        Convert.ToHexStringLower(Document[..6]).Should().Be("8443a10120a0");
    }

    [Fact]
    public void Verify_EmulatedDocument_IsRefused()
    {
        Refusal.Of(Document, Policy(TrustedRoot.Aws), Refusal.OwnTime)
            .Should().Be(AttestationError.WrongAlgorithm);
        Refusal.Of(Document, Policy(ForgedChain.Good.Root), Refusal.OwnTime)
            .Should().Be(AttestationError.WrongAlgorithm);
    }

    [Fact]
    public void Verify_EmulatedDocumentThatClaimsEs384_IsRefused()
    {
        var claiming = Emulated([0xa1, 0x01, 0x38, 0x22], new byte[96]);
        Refusal.Of(claiming, Policy(TrustedRoot.Aws), Refusal.OwnTime)
            .Should().Be(AttestationError.CertificateMalformed);
    }

    [Fact]
    public void ParseFromOwnNsm_EmulatedDocument_ReadsItsStatements()
    {
        var document = AttestationDocument.ParseFromOwnNsm(Document);
        document.ModuleId.Should().Be("i-234-enc5678");
        document.Timestamp.Should().Be(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        document.Pcrs.Should().HaveCount(16);
        document.Nonce!.Value.ToArray().Should().Equal(1, 2, 3);
        document.UserData.Should().BeNull();
    }

    [Fact]
    public void ParseFromOwnNsm_IsAsStrictElsewhere()
    {
        OfOwn([.. Document, 0x00]).Should().Be(AttestationError.TrailingBytes);
        OfOwn(Document[..^1]).Should().Be(AttestationError.Malformed);
        OfOwn(new DocumentForge().Repeat("nonce").Build()).Should().Be(AttestationError.DuplicateKey);
        AttestationDocument.ParseFromOwnNsm(new DocumentForge().Build()).Pcrs.Should().HaveCount(16);

        static AttestationError OfOwn(byte[] bytes) =>
            FluentActions.Invoking(() => AttestationDocument.ParseFromOwnNsm(bytes))
                .Should().Throw<AttestationException>().Which.Reason;
    }

    private static AttestationPolicy Policy(TrustedRoot root) =>
        new() { Root = root, Images = DocumentForge.Images };

    private static byte[] Emulated(byte[] header, byte[] signature)
    {
        var payload = new DocumentForge { IsDefinite = true }
            .Set("module_id", field => field.WriteTextString("i-234-enc5678"))
            .Set("timestamp", field => field.WriteUInt64(1_700_000_000_000))
            .Bytes("certificate", new byte[64])
            .Bundle([new byte[64]])
            .Bytes("nonce", [1, 2, 3])
            .Payload();
        var writer = new CborWriter();
        writer.WriteStartArray(4);
        writer.WriteByteString(header);
        writer.WriteStartMap(0);
        writer.WriteEndMap();
        writer.WriteByteString(payload);
        writer.WriteByteString(signature);
        writer.WriteEndArray();
        return writer.Encode();
    }
}
