using System.Buffers.Binary;
using CsCheck;

namespace Sequencer.Eif.Tests;

public class EifParserTests
{
    private const int FirstSection = 548;

    /// <summary>Every rule of the format, broken alone; the checksum is then made right again.</summary>
    public static TheoryData<string, EifError> Damages()
    {
        var data = new TheoryData<string, EifError>();
        foreach (var (name, (error, _)) in DamageByName)
            data.Add(name, error);
        return data;
    }

    private static readonly Dictionary<string, (EifError, Func<byte[], byte[]>)> DamageByName = new()
    {
        ["empty file"] = (EifError.Truncated, _ => []),
        ["half a header"] = (EifError.Truncated, file => file[..547]),
        ["header only"] = (EifError.Truncated, file => file[..FirstSection]),
        ["last byte missing"] = (EifError.Truncated, file => file[..^1]),
        ["another magic"] = (EifError.BadMagic, file => With(file, 3, (byte)'F')),
        ["version 0"] = (EifError.UnsupportedVersion, file => With(file, 5, 0)),
        ["version 2"] = (EifError.UnsupportedVersion, file => With(file, 5, 2)),
        ["version 5"] = (EifError.UnsupportedVersion, file => With(file, 5, 5)),
        ["version 0x0104"] = (EifError.UnsupportedVersion, file => With(file, 4, 1)),
        ["version 3 with metadata"] = (EifError.SectionNotInVersion, file => With(file, 5, 3)),
        ["ARM flag"] = (EifError.UnsupportedArchitecture, file => With(file, 7, 1)),
        ["unknown flag"] = (EifError.ReservedNotZero, file => With(file, 7, 2)),
        ["reserved field"] = (EifError.ReservedNotZero, file => With(file, 25, 1)),
        ["unused field"] = (EifError.ReservedNotZero, file => With(file, 543, 1)),
        ["no sections"] = (EifError.BadSectionCount, file => With(file, 27, 0)),
        ["two sections"] = (EifError.BadSectionCount, file => With(file, 27, 2)),
        ["33 sections"] = (EifError.BadSectionCount, file => With(file, 27, 33)),
        ["65535 sections"] = (EifError.BadSectionCount, file => With(With(file, 26, 255), 27, 255)),
        ["one section more than there is"] = (EifError.BadSectionOffset, file => With(file, 27, 7)),
        ["an unlisted section"] = (EifError.ReservedNotZero, file => With(file, 27, 5)),
        ["offset beyond the table"] = (EifError.ReservedNotZero, file => With(file, 28 + 8 * 31, 1)),
        ["first section elsewhere"] = (EifError.BadSectionOffset, file => With(file, 28 + 7, 0x25)),
        ["offset of 2^63"] = (EifError.BadSectionOffset, file => With(file, 28, 0x80)),
        ["table lies about a size"] = (EifError.SectionSizeMismatch, file => With(file, 284 + 7, 7)),
        ["section lies about its size"] = (
            EifError.SectionSizeMismatch, file => With(file, FirstSection + 11, 5)),
        ["both lie: too short"] = (EifError.BadSectionOffset, file => Resize(file, 5)),
        ["both lie: 4 GiB"] = (EifError.Truncated, file => Resize(file, 1UL << 32)),
        ["both lie: 2^64 - 1"] = (EifError.Truncated, file => Resize(file, ulong.MaxValue)),
        ["section flags"] = (EifError.ReservedNotZero, file => With(file, FirstSection + 3, 1)),
        ["section of type 0"] = (EifError.UnknownSectionType, file => With(file, FirstSection + 1, 0)),
        ["section of type 6"] = (EifError.UnknownSectionType, file => With(file, FirstSection + 1, 6)),
        ["section of type 0x0101"] = (EifError.UnknownSectionType, file => With(file, FirstSection, 1)),
        ["trailing byte"] = (EifError.TrailingBytes, file => [.. file, 0]),
        ["no kernel"] = (EifError.MissingSection, file => With(file, FirstSection + 1, 3)),
        ["no command line"] = (EifError.MissingSection, _ => Assemble(
            EifSectionType.Kernel, EifSectionType.Metadata, EifSectionType.Ramdisk)),
        ["no metadata"] = (EifError.MissingSection, _ => Assemble(
            EifSectionType.Kernel, EifSectionType.CommandLine, EifSectionType.Ramdisk)),
        ["no ramdisk"] = (EifError.MissingSection, _ => Assemble(
            EifSectionType.Kernel, EifSectionType.CommandLine, EifSectionType.Metadata)),
        ["two kernels"] = (EifError.DuplicateSection, _ => Assemble(
            EifSectionType.Kernel, EifSectionType.Kernel, EifSectionType.CommandLine,
            EifSectionType.Metadata, EifSectionType.Ramdisk)),
        ["two command lines"] = (EifError.DuplicateSection, _ => Assemble(
            EifSectionType.Kernel, EifSectionType.CommandLine, EifSectionType.CommandLine,
            EifSectionType.Metadata, EifSectionType.Ramdisk)),
        ["two metadata"] = (EifError.DuplicateSection, _ => Assemble(
            EifSectionType.Kernel, EifSectionType.CommandLine, EifSectionType.Metadata,
            EifSectionType.Metadata, EifSectionType.Ramdisk)),
        ["ramdisk before kernel"] = (EifError.WrongSectionOrder, _ => Assemble(
            EifSectionType.Ramdisk, EifSectionType.Kernel, EifSectionType.CommandLine,
            EifSectionType.Metadata)),
        ["command line before kernel"] = (EifError.WrongSectionOrder, _ => Assemble(
            EifSectionType.CommandLine, EifSectionType.Kernel, EifSectionType.Metadata,
            EifSectionType.Ramdisk)),
        ["signature before ramdisk"] = (EifError.WrongSectionOrder, _ => Assemble(
            EifSectionType.Kernel, EifSectionType.CommandLine, EifSectionType.Metadata,
            EifSectionType.Signature, EifSectionType.Ramdisk)),
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Parse_DamagedImage_IsRefusedByName(string damage, EifError expected)
    {
        var file = DamageByName[damage].Item2(TestImages.Builder.Build());
        FluentActions.Invoking(() => EifFile.Parse(WithRightCrc(file))).ShouldBeRefused(expected);
    }

    [Fact]
    public void Parse_Version3WithoutMetadata_IsRead()
    {
        var image = EifFile.Parse(EifBuilder.Assemble(3, [.. TestImages.Image.Sections
            .Where(section => section.Type != EifSectionType.Metadata)]));
        image.Version.Should().Be(3);
        image.Metadata.Should().BeNull();
        EifMeasurements.Of(image).Pcr0.ToArray().Should().Equal(
            EifMeasurements.Of(TestImages.Image).Pcr0.ToArray());
    }

    [Fact]
    public void Parse_SignatureSectionAboveItsLimit_IsRefused()
    {
        var sections = TestImages.Image.Sections.Append(new(EifSectionType.Signature, new byte[32_769]));
        FluentActions.Invoking(() => EifBuilder.Assemble(4, [.. sections]))
            .ShouldBeRefused(EifError.TooLarge);
    }

    [Fact]
    public void Parse_OneFlippedBit_IsAlwaysRefused()
    {
        var file = TestImages.Builder.Build();
        Gen.Int[0, file.Length * 8 - 1].Sample(bit =>
        {
            var damaged = With(file, bit / 8, (byte)(file[bit / 8] ^ 1 << bit % 8));
            FluentActions.Invoking(() => EifFile.Parse(damaged)).Should().Throw<EifException>();
        });
    }

    [Fact]
    public void Parse_AnyTruncation_IsRefused()
    {
        var file = TestImages.Builder.Build();
        for (var length = 0; length < file.Length; length++)
        {
            FluentActions.Invoking(() => EifFile.Parse(file.AsMemory(0, length)))
                .Should().Throw<EifException>();
        }
    }

    /// <summary>
    /// Bytes thrown at a valid image, with the checksum made right so that the other rules are reached: it is
    /// read or refused by name, and what is read can be described.
    /// </summary>
    [Fact]
    public void Parse_AnyMutation_IsReadOrRefusedByName()
    {
        var file = Bytes(TestImages.Signed(out _));
        Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte).Array[1, 8].Sample(changes =>
        {
            var damaged = changes.Aggregate(file, (bytes, change) => With(bytes, change.Item1, change.Item2));
            try
            {
                EifDescription.Of(EifFile.Parse(WithRightCrc(damaged))).ToJson();
            }
            catch (EifException refusal)
            {
                refusal.Message.Should().NotBeEmpty();
            }
        }, iter: 2_000);
    }

    [Fact]
    public void Parse_AnyBytes_IsRefusedByName() =>
        Gen.Byte.Array[0, 2_000].Sample(bytes => FluentActions
            .Invoking(() => EifFile.Parse((byte[])[.. ".eif\0\x4\0\0"u8, .. bytes]))
            .Should().Throw<EifException>());

    private static byte[] Bytes(EifFile image) => EifBuilder.Assemble(image.Version, image.Sections);

    private static byte[] With(byte[] file, int at, byte value)
    {
        var copy = file.ToArray();
        copy[at] = value;
        return copy;
    }

    /// <summary>Lets table and section agree on another size of the first section.</summary>
    private static byte[] Resize(byte[] file, ulong size)
    {
        var copy = file.ToArray();
        BinaryPrimitives.WriteUInt64BigEndian(copy.AsSpan(284), size);
        BinaryPrimitives.WriteUInt64BigEndian(copy.AsSpan(FirstSection + 4), size);
        return copy;
    }

    private static byte[] WithRightCrc(byte[] file)
    {
        if (file.Length < FirstSection)
            return file;
        var copy = file.ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(copy.AsSpan(544), Independent.Crc(copy));
        return copy;
    }

    /// <summary>A file of these sections, each of one byte, without regard to the rules.</summary>
    private static byte[] Assemble(params EifSectionType[] types)
    {
        var file = new byte[FirstSection + 13 * types.Length];
        TestImages.Builder.Build().AsSpan(0, 26).CopyTo(file);
        file[27] = (byte)types.Length;
        for (var i = 0; i < types.Length; i++)
        {
            var at = FirstSection + 13 * i;
            BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(28 + 8 * i), (ulong)at);
            BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(284 + 8 * i), 1);
            file[at + 1] = (byte)types[i];
            file[at + 11] = 1;
            file[at + 12] = (byte)'x';
        }

        return file;
    }
}
