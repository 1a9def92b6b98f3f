namespace Sequencer.Attestation.Tests;

/// <summary>The payload's fields: which must be there, what they may be, how long.</summary>
public class PayloadTests
{
    public static TheoryData<string> Fields => new(
        "module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle", "public_key", "user_data",
        "nonce");

    public static TheoryData<string> OptionalFields => new("public_key", "user_data", "nonce");

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

    [Theory]
    [MemberData(nameof(OptionalFields))]
    public void Parse_OptionalField_NullAndAbsentAreAlikeAndEmptyIsNot(string field)
    {
        Read(new DocumentForge().Set(field, writer => writer.WriteNull()), field).Should().BeNull();
        Read(new DocumentForge().Remove(field), field).Should().BeNull();
        Read(new DocumentForge().Bytes(field, []), field)!.Value.Length.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(OptionalFields))]
    public void Parse_OptionalField_Holds1024BytesAndNotOneMore(string field)
    {
        Read(new DocumentForge().Bytes(field, new byte[1024]), field)!.Value.Length.Should().Be(1024);
        Refusal.OfParse(new DocumentForge().Bytes(field, new byte[1025]).Build())
            .Should().Be(AttestationError.WrongLength);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha384")]
    [InlineData("SHA256")]
    [InlineData("SHA512")]
    public void Parse_AnotherDigest_IsRefused(string digest)
    {
        Refusal.OfParse(new DocumentForge().Set("digest", writer => writer.WriteTextString(digest)).Build())
            .Should().Be(digest.Length == 0 ? AttestationError.WrongLength : AttestationError.WrongDigest);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(253_402_300_800_000UL)]
    [InlineData(ulong.MaxValue)]
    public void Parse_TimestampOutsideTheCalendar_IsRefused(ulong timestamp)
    {
        Refusal.OfParse(new DocumentForge().Set("timestamp", writer => writer.WriteUInt64(timestamp)).Build())
            .Should().Be(AttestationError.WrongTimestamp);
    }

    [Fact]
    public void Parse_ModuleIdEmptyOrLongOrUnprintable_IsRefused()
    {
        OfModuleId("").Should().Be(AttestationError.WrongLength);
        OfModuleId(new string('i', 257)).Should().Be(AttestationError.WrongLength);
        OfModuleId("i-\u001b[2Jenc").Should().Be(AttestationError.Malformed);
        OfModuleId("i-\u202eenc").Should().Be(AttestationError.Malformed);
        Refusal.OfParse(new DocumentForge().SetEncoded("module_id", [0x61, 0xff]).Build())
            .Should().Be(AttestationError.Malformed);

        static AttestationError? OfModuleId(string id) => Refusal.OfParse(
            new DocumentForge().Set("module_id", writer => writer.WriteTextString(id)).Build());
    }

    [Fact]
    public void Parse_NoPcrs_IsRefused()
    {
        Refusal.OfParse(new DocumentForge().Pcrs(new Dictionary<int, byte[]>()).Build())
            .Should().Be(AttestationError.WrongPcrs);
    }

    [Fact]
    public void Parse_All32Pcrs_AreReadAndIndex32IsNot()
    {
        var pcrs = Enumerable.Range(0, 32).ToDictionary(index => index, _ => new byte[48]);
        AttestationDocument.Parse(new DocumentForge().Pcrs(pcrs).Build()).Pcrs.Should().HaveCount(32);
        Refusal.OfParse(new DocumentForge().Pcr(32, new byte[48]).Build())
            .Should().Be(AttestationError.WrongPcrs);
        Refusal.OfParse(new DocumentForge().Pcr(-1, new byte[48]).Build())
            .Should().Be(AttestationError.WrongType);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(47)]
    [InlineData(49)]
    [InlineData(64)]
    public void Parse_PcrOfAnotherLength_IsRefused(int length)
    {
        Refusal.OfParse(new DocumentForge().Pcr(3, new byte[length]).Build())
            .Should().Be(AttestationError.WrongLength);
    }

    /// <summary>
    /// Comparing keys by their encoding, as a strict CBOR reader does, misses all but the first.
    /// </summary>
    [Theory]
    [InlineData("00")]
    [InlineData("1800")]
    [InlineData("190000")]
    [InlineData("1a00000000")]
    [InlineData("1b0000000000000000")]
    public void Parse_PcrTwiceInAnyEncoding_IsRefused(string secondKey)
    {
        byte[] zero = [0x58, 0x30, .. new byte[48]];
        byte[] encoded = [0xa2, 0x00, .. zero, .. Convert.FromHexString(secondKey), .. zero];
        Refusal.OfParse(new DocumentForge().SetEncoded("pcrs", encoded).Build())
            .Should().Be(AttestationError.DuplicateKey);
    }

    [Fact]
    public void Parse_BundleEmptyOrTooLong_IsRefused()
    {
        Refusal.OfParse(new DocumentForge().Bundle([]).Build()).Should().Be(AttestationError.WrongBundle);
        Refusal.OfParse(new DocumentForge().Bundle([.. Enumerable.Repeat(new byte[1], 11)]).Build())
            .Should().Be(AttestationError.WrongBundle);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Parse_CertificateOfAnImpossibleLength_IsRefused(int length)
    {
        Refusal.OfParse(new DocumentForge().Bytes("certificate", new byte[length]).Build())
            .Should().Be(AttestationError.WrongLength);
        Refusal.OfParse(new DocumentForge().Bundle([new byte[length]]).Build())
            .Should().Be(AttestationError.WrongLength);
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

    private static ReadOnlyMemory<byte>? Read(DocumentForge forge, string field)
    {
        var document = AttestationDocument.Parse(forge.Build());
        return field switch
        {
            "public_key" => document.PublicKey,
            "user_data" => document.UserData,
            _ => document.Nonce,
        };
    }
}
