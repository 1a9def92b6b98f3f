namespace Sequencer.Attestation.Tests;

/// <summary>What each field of the payload may be, and how long.</summary>
public class PayloadFieldTests
{
    public static TheoryData<string> OptionalFields => new("public_key", "user_data", "nonce");

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
