namespace Sequencer.Attestation.Tests;

/// <summary>The payload map: which fields must be there, once each, and nothing after it.</summary>
public class PayloadTests
{
    public static TheoryData<string> Fields => new(
        "module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle", "public_key", "user_data",
        "nonce");

    [Fact]
    public void Parse_GoodDocument_HasEveryField()
    {
        var document = AttestationDocument.Parse(
            new DocumentForge()
                .Bytes("user_data", [1])
                .Bytes("nonce", [2, 2])
                .Bytes("public_key", [3, 3, 3])
                .Build());
        document.ModuleId.Should().Be("i-0123456789abcdef0-enc0123456789abcdef");
        document.Timestamp.Should().Be(ForgedChain.Now);
        document.TimestampMs.Should().Be((ulong)ForgedChain.Now.ToUnixTimeMilliseconds());
        document.Pcrs.Should().HaveCount(16);
        document.Pcrs[2].ToArray().Should().Equal(DocumentForge.GoodPcrs()[2]);
        document.CaBundle.Should().HaveCount(4);
        document.Certificate.ToArray().Should().Equal(ForgedChain.Good.Certificates[4]);
        document.UserData!.Value.ToArray().Should().Equal(1);
        document.Nonce!.Value.ToArray().Should().Equal(2, 2);
        document.PublicKey!.Value.ToArray().Should().Equal(3, 3, 3);
        document.UnknownKeys.Should().BeEmpty();
    }

    [Fact]
    public void Verify_FieldsInAnotherOrder_IsAccepted()
    {
        Refusal.Of(new DocumentForge().Reverse()).Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Parse_FieldTwice_IsRefused(string field)
    {
        Refusal.OfParse(new DocumentForge().Repeat(field).Build()).Should().Be(AttestationError.DuplicateKey);
    }

    [Theory]
    [InlineData("module_id")]
    [InlineData("digest")]
    [InlineData("timestamp")]
    [InlineData("pcrs")]
    [InlineData("certificate")]
    [InlineData("cabundle")]
    public void Parse_RequiredFieldAbsentOrNull_IsRefused(string field)
    {
        Refusal.OfParse(new DocumentForge().Remove(field).Build()).Should().Be(AttestationError.MissingField);
        Refusal.OfParse(new DocumentForge().Set(field, writer => writer.WriteNull()).Build())
            .Should().Be(AttestationError.WrongType);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Parse_FieldOfAnotherType_IsRefused(string field)
    {
        string[] values = ["f5", "f97e00", "20", "c000", "5f4101ff", "7f6161ff", "81f6", "a16161f6"];
        foreach (var wrong in values)
        {
            Refusal.OfParse(new DocumentForge().SetEncoded(field, Convert.FromHexString(wrong)).Build())
                .Should().NotBeNull("{0} cannot be {1}", field, wrong);
        }
    }

    [Fact]
    public void Verify_UnknownField_IsAcceptedAndReported()
    {
        var forge = new DocumentForge().Set("new_field", writer => writer.WriteInt32(1));
        Refusal.Of(forge).Should().BeNull();
        AttestationDocument.Parse(forge.Build()).UnknownKeys.Should().Equal("new_field");
        AttestationVerifier.Check(forge.Build(), forge.Policy(), Refusal.OwnTime).Checks[0].Detail
            .Should().Contain("new_field");
    }

    [Fact]
    public void Parse_UnknownFieldTwiceOrMalformedWithin_IsRefused()
    {
        var forge = new DocumentForge().Set("new_field", writer => writer.WriteInt32(1)).Repeat("new_field");
        Refusal.OfParse(forge.Build()).Should().Be(AttestationError.DuplicateKey);
        Refusal.OfParse(new DocumentForge().SetEncoded("new_field", [0xa2, 0x01, 0x01, 0x01, 0x02]).Build())
            .Should().Be(AttestationError.Malformed);
    }

    [Fact]
    public void Parse_MoreKeysThanAnyNsmWrites_IsRefused()
    {
        var forge = new DocumentForge();
        for (var i = 0; i < 24; i++)
            forge.Set($"field{i}", writer => writer.WriteNull());
        Refusal.OfParse(forge.Build()).Should().Be(AttestationError.TooManyKeys);
    }

    [Theory]
    [InlineData("00f6")] // a number for a key
    [InlineData("4161f6")] // bytes for a key
    [InlineData("7f6161fff6")] // a key in chunks
    public void Parse_KeyThatIsNoText_IsRefused(string entry)
    {
        var payload = new DocumentForge().Payload();
        byte[] changed = [.. payload[..^1], .. Convert.FromHexString(entry), 0xff];
        Refusal.OfParse(new DocumentForge { Tamper = _ => changed }.Build())
            .Should().Be(AttestationError.WrongType);
    }

    [Fact]
    public void Parse_BytesAfterThePayloadMap_AreRefused()
    {
        Refusal.OfParse(new DocumentForge { PayloadTrailer = [0x00] }.Build())
            .Should().Be(AttestationError.TrailingBytes);
        Refusal.OfParse(new DocumentForge { PayloadTrailer = [0xa0], IsDefinite = true }.Build())
            .Should().Be(AttestationError.TrailingBytes);
    }

    [Theory]
    [InlineData("80")]
    [InlineData("00")]
    [InlineData("f6")]
    [InlineData("d9d9f7a0")] // a tagged map
    public void Parse_PayloadThatIsNoMap_IsRefused(string payload)
    {
        Refusal.OfParse(new DocumentForge { Tamper = _ => Convert.FromHexString(payload) }.Build())
            .Should().Be(AttestationError.WrongType);
    }
}
