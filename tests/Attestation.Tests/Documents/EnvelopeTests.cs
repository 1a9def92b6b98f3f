using System.Formats.Cbor;

namespace Sequencer.Attestation.Tests;

/// <summary>The COSE_Sign1 structure around the payload: one form, with or without its tag.</summary>
public class EnvelopeTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData(null, false)]
    [InlineData(18UL, true)]
    [InlineData(18UL, false)]
    public void Verify_UntaggedOrTag18_DefiniteOrIndefiniteMap_IsAccepted(ulong? tag, bool isDefinite)
    {
        Refusal.Of(new DocumentForge { Tag = tag, IsDefinite = isDefinite }).Should().BeNull();
    }

    [Fact]
    public void Build_BeginsAsEveryRealDocument()
    {
        Convert.ToHexStringLower(new DocumentForge().Build()[..8]).Should().Be("8444a1013822a059");
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(17UL)]
    [InlineData(61UL)]
    [InlineData(98UL)]
    [InlineData(ulong.MaxValue)]
    public void Parse_AnotherTag_IsRefused(ulong tag)
    {
        Refusal.OfParse(new DocumentForge { Tag = tag }.Build()).Should().Be(AttestationError.WrongTag);
    }

    [Fact]
    public void Parse_TagTwice_IsRefused()
    {
        byte[] document = [0xd2, .. new DocumentForge { Tag = 18 }.Build()];
        Refusal.OfParse(document).Should().Be(AttestationError.WrongTag);
    }

    [Theory]
    [InlineData("f6")] // null
    [InlineData("00")] // a number
    [InlineData("60")] // a text
    [InlineData("a0")] // a map
    [InlineData("80")] // an empty array
    [InlineData("83")] // three items
    [InlineData("85")] // five items
    [InlineData("9f")] // an array of indefinite length
    public void Parse_OtherThanAnArrayOfFour_IsRefused(string first)
    {
        byte[] document = [.. Convert.FromHexString(first), .. new DocumentForge().Build()[1..], 0x00, 0xff];
        Refusal.OfParse(document).Should().Be(AttestationError.WrongEnvelope);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a0")] // no algorithm
    [InlineData("a10126")] // ES256
    [InlineData("a1013823")] // ES512
    [InlineData("a10120")] // what an emulated module writes
    [InlineData("a10105")] // HMAC
    [InlineData("a1013900 22")] // ES384, but not in the shortest form
    [InlineData("bf013822ff")] // ES384 in a map of indefinite length
    [InlineData("a20138220401")] // a second parameter
    [InlineData("a101382200")] // a byte more
    [InlineData("a1613138 22")] // a text for a key
    public void Parse_AnotherProtectedHeader_IsRefused(string header)
    {
        var forge = new DocumentForge { ProtectedHeader = Convert.FromHexString(header.Replace(" ", "")) };
        Refusal.OfParse(forge.Build()).Should().Be(AttestationError.WrongAlgorithm);
    }

    [Theory]
    [InlineData("f6")] // null, as the self-signed fake has
    [InlineData("a1044161")] // a key id
    [InlineData("a10126")] // another algorithm
    [InlineData("bfff")] // an empty map of indefinite length
    [InlineData("80")] // an array
    [InlineData("40")] // a byte string
    public void Parse_UnprotectedHeaderOtherThanEmpty_IsRefused(string header)
    {
        var forge = new DocumentForge { Unprotected = Convert.FromHexString(header) };
        Refusal.OfParse(forge.Build()).Should().Be(AttestationError.UnprotectedHeader);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(95)]
    [InlineData(97)]
    [InlineData(104)] // about as long as the DER form
    public void Parse_SignatureOfAnotherLength_IsRefused(int length)
    {
        var forge = new DocumentForge { Resign = _ => new byte[length] };
        Refusal.OfParse(forge.Build()).Should().Be(AttestationError.SignatureLength);
    }

    [Theory]
    [InlineData("f6")] // detached
    [InlineData("60")]
    [InlineData("a100f6")]
    [InlineData("5f4100ff")] // in chunks
    public void Parse_PayloadThatIsNoByteString_IsRefused(string payload)
    {
        var writer = new CborWriter(CborConformanceMode.Lax, convertIndefiniteLengthEncodings: false);
        writer.WriteStartArray(4);
        writer.WriteByteString([0xa1, 0x01, 0x38, 0x22]);
        writer.WriteEncodedValue([0xa0]);
        writer.WriteEncodedValue(Convert.FromHexString(payload));
        writer.WriteByteString(new byte[96]);
        writer.WriteEndArray();
        Refusal.OfParse(writer.Encode()).Should().Be(AttestationError.WrongType);
    }

    [Fact]
    public void Parse_PayloadOfTheGreatestLength_IsReadAndOneMoreByteIsNot()
    {
        var without = new DocumentForge().Bytes("more", []).Payload().Length;
        var room = AttestationDocument.MaxPayloadSize - without;
        var fits = new DocumentForge().Bytes("more", new byte[room - 2]);
        fits.Payload().Should().HaveCount(AttestationDocument.MaxPayloadSize);
        Refusal.OfParse(fits.Build()).Should().BeNull();
        Refusal.OfParse(new DocumentForge().Bytes("more", new byte[room - 1]).Build())
            .Should().Be(AttestationError.PayloadTooLarge);
    }

    [Fact]
    public void Parse_DocumentLongerThanAnyCanBe_IsRefusedUnread()
    {
        var forge = new DocumentForge { Trailer = new byte[AttestationDocument.MaxSize] };
        Refusal.OfParse(forge.Build()).Should().Be(AttestationError.DocumentTooLarge);
    }

    [Fact]
    public void Parse_BytesAfterTheDocument_AreRefused()
    {
        Refusal.OfParse(new DocumentForge { Trailer = [0x00] }.Build())
            .Should().Be(AttestationError.TrailingBytes);
        var twice = new DocumentForge().Build();
        Refusal.OfParse(new DocumentForge { Trailer = twice }.Build())
            .Should().Be(AttestationError.TrailingBytes);
    }

    [Fact]
    public void Parse_EveryTruncation_IsRefused()
    {
        var document = new DocumentForge().Build();
        for (var length = 0; length < document.Length; length++)
            Refusal.OfParse(document.AsMemory(0, length))
                .Should().NotBeNull("{0} bytes are not a document", length);
    }

    [Fact]
    public void Parse_CopiesItsInput()
    {
        var bytes = new DocumentForge().Build();
        var document = AttestationDocument.Parse(bytes);
        var before = document.Certificate.ToArray();
        Array.Clear(bytes);
        document.Certificate.ToArray().Should().Equal(before);
    }
}
