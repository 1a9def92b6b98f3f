using System.Formats.Cbor;
using System.Text;
using CsCheck;

namespace Sequencer.Attestation.Tests;

/// <summary>Answers of the NSM, and what is no answer.</summary>
public class NsmResponsesTests
{
    private static readonly byte[] Pcr = [.. Enumerable.Range(0, 48).Select(i => (byte)i)];

    private static byte[] Description => Answer("DescribeNSM",
        ("digest", Text("SHA384")), ("max_pcrs", Number(32)), ("module_id", Text("i-1234-enc5678")),
        ("locked_pcrs", Numbers(0, 1, 2, 15)), ("version_major", Number(1)), ("version_minor", Number(2)),
        ("version_patch", Number(3)));

    [Fact]
    public void GetRandom_ReadsAsManyBytesAsAreGiven()
    {
        NsmResponses.GetRandom(Answer("GetRandom", ("random", Bytes([1, 2, 3])))).Should().Equal(1, 2, 3);
        NsmResponses.GetRandom(Answer("GetRandom", ("random", Bytes(new byte[256])))).Should().HaveCount(256);
        OfError(() => NsmResponses.GetRandom(Answer("GetRandom", ("random", Bytes([])))))
            .Should().Be(NsmError.MalformedResponse);
    }

    /// <summary>The emulated module's order of fields, which is not the real one's.</summary>
    [Fact]
    public void DescribeNsm_ReadsFieldsInAnyOrder()
    {
        NsmResponses.DescribeNsm(Description).Should().BeEquivalentTo(
            new NsmDescription(1, 2, 3, "i-1234-enc5678", 32, [0, 1, 2, 15], "SHA384"));
    }

    [Fact]
    public void DescribePcr_ReadsValueAndLock()
    {
        var value = NsmResponses.DescribePcr(Answer("DescribePCR", ("lock", [0xf5]), ("data", Bytes(Pcr))));
        value.IsLocked.Should().BeTrue();
        value.Data.ToArray().Should().Equal(Pcr);
    }

    [Fact]
    public void ExtendPcr_ReadsTheNewValue()
    {
        NsmResponses.ExtendPcr(Answer("ExtendPCR", ("data", Bytes(Pcr)))).Should().Equal(Pcr);
        OfError(() => NsmResponses.ExtendPcr(Answer("ExtendPCR", ("data", Bytes(Pcr[1..])))))
            .Should().Be(NsmError.MalformedResponse);
    }

    [Fact]
    public void LockPcr_IsAnsweredByItsNameAlone()
    {
        NsmResponses.LockPcr(Text("LockPCR"));
        NsmResponses.LockPcrs(Text("LockPCRs"));
        OfError(() => NsmResponses.LockPcr(Text("LockPCRs"))).Should().Be(NsmError.MalformedResponse);
        OfError(() => NsmResponses.LockPcr(Answer("LockPCR"))).Should().Be(NsmError.MalformedResponse);
        OfError(() => NsmResponses.LockPcr(Array.Empty<byte>())).Should().Be(NsmError.MalformedResponse);
    }

    [Fact]
    public void Attestation_ReadsTheDocument()
    {
        NsmResponses.Attestation(Answer("Attestation", ("document", Bytes([1, 2])))).Should().Equal(1, 2);
        OfError(() => NsmResponses.Attestation(
            Answer("Attestation", ("document", Bytes(new byte[AttestationDocument.MaxSize + 1])))))
            .Should().Be(NsmError.MalformedResponse);
    }

    [Theory]
    [InlineData("Success", NsmError.Success)]
    [InlineData("InvalidArgument", NsmError.InvalidArgument)]
    [InlineData("InvalidIndex", NsmError.InvalidIndex)]
    [InlineData("InvalidResponse", NsmError.InvalidResponse)]
    [InlineData("ReadOnlyIndex", NsmError.ReadOnlyIndex)]
    [InlineData("InvalidOperation", NsmError.InvalidOperation)]
    [InlineData("BufferTooSmall", NsmError.BufferTooSmall)]
    [InlineData("InputTooLarge", NsmError.InputTooLarge)]
    [InlineData("InternalError", NsmError.InternalError)]
    [InlineData("SomethingNew", NsmError.UnknownError)]
    public void Error_IsThrownByItsName(string name, NsmError error)
    {
        byte[] answer = [0xa1, .. Text("Error"), .. Text(name)];
        OfError(() => NsmResponses.Attestation(answer)).Should().Be(error);
        OfError(() => NsmResponses.DescribePcr(answer)).Should().Be(error);
        OfError(() => NsmResponses.LockPcrs(answer)).Should().Be(error);
    }

    [Fact]
    public void Answer_ToAnotherCallOrWithMoreThanIsAsked_IsRefused()
    {
        var good = Answer("ExtendPCR", ("data", Bytes(Pcr)));
        Refused(Answer("DescribePCR", ("data", Bytes(Pcr))));
        Refused([.. good, 0x00]);
        Refused(good[..^1]);
        Refused(Answer("ExtendPCR"));
        Refused(Answer("ExtendPCR", ("data", Bytes(Pcr)), ("data", Bytes(Pcr))));
        Refused([0xa1, .. Text("ExtendPCR"), 0xa2, .. Text("data"), .. Bytes(Pcr),
            0x78, 0x04, .. "data"u8, .. Bytes(Pcr)]); // the second name's length in a byte of its own
        Refused(Answer("ExtendPCR", ("data", Text("x"))));
        Refused([0xa2, .. good[1..], .. Text("Error"), .. Text("InternalError")]);
        Refused([0xa1, .. Text("Error"), 0x00]);
        Refused(Text("ExtendPCR"));

        static void Refused(byte[] answer) =>
            OfError(() => NsmResponses.ExtendPcr(answer)).Should().Be(NsmError.MalformedResponse);
    }

    /// <summary>A later module may say more than is asked, or write its maps otherwise.</summary>
    [Fact]
    public void Answer_WithAnUnknownFieldOrInIndefiniteMaps_IsRead()
    {
        var more = Answer("ExtendPCR", ("more", [0xf6]), ("data", Bytes(Pcr)));
        NsmResponses.ExtendPcr(more).Should().Equal(Pcr);
        byte[] indefinite = [0xbf, .. Text("ExtendPCR"), 0xbf, .. Text("data"), .. Bytes(Pcr), 0xff, 0xff];
        NsmResponses.ExtendPcr(indefinite).Should().Equal(Pcr);
        byte[] error = [0xbf, .. Text("Error"), .. Text("InvalidIndex"), 0xff];
        OfError(() => NsmResponses.ExtendPcr(error)).Should().Be(NsmError.InvalidIndex);
    }

    [Theory]
    [InlineData("19ffff", 65535)]
    [InlineData("1a00010000", null)]
    [InlineData("1bffffffffffffffff", null)]
    [InlineData("20", null)]
    public void Numbers_Have16Bits(string encoded, int? value)
    {
        var answer = Answer("DescribeNSM",
            ("digest", Text("SHA384")), ("module_id", Text("i")), ("locked_pcrs", Numbers()),
            ("max_pcrs", Convert.FromHexString(encoded)), ("version_major", Number(1)),
            ("version_minor", Number(2)), ("version_patch", Number(3)));
        if (value is { } number)
            NsmResponses.DescribeNsm(answer).MaxPcrs.Should().Be(number);
        else
            OfError(() => NsmResponses.DescribeNsm(answer)).Should().Be(NsmError.MalformedResponse);
    }

    [Fact]
    public void AnyAnswer_RandomBytes_NeverFailsOtherwise()
    {
        Gen.Byte.Array[0, 100].Sample(ReadAll, iter: 3_000);
    }

    [Fact]
    public void AnyAnswer_MutatedBytes_NeverFailsOtherwise()
    {
        var good = Description;
        var place = Gen.Int[0, good.Length - 1];
        Gen.Select(place, Gen.Byte, place).Sample((at, value, length) =>
        {
            var changed = good.ToArray();
            changed[at] = value;
            ReadAll(changed);
            ReadAll(changed[..length]);
        }, iter: 3_000);
    }

    private static void ReadAll(byte[] answer)
    {
        foreach (var read in new Action<byte[]>[]
        {
            bytes => NsmResponses.GetRandom(bytes), bytes => NsmResponses.DescribeNsm(bytes),
            bytes => NsmResponses.DescribePcr(bytes), bytes => NsmResponses.ExtendPcr(bytes),
            bytes => NsmResponses.LockPcr(bytes), bytes => NsmResponses.LockPcrs(bytes),
            bytes => NsmResponses.Attestation(bytes),
        })
        {
            try
            {
                read(answer);
            }
            catch (NsmException exception)
            {
                exception.Message.Should().NotBeEmpty();
            }
        }
    }

    private static NsmError OfError(Action action) =>
        action.Should().Throw<NsmException>().Which.Error;

    private static byte[] Answer(string name, params (string Name, byte[] Encoded)[] fields) =>
        [0xa1, .. Text(name), (byte)(0xa0 + fields.Length),
            .. fields.SelectMany(field => (byte[])[.. Text(field.Name), .. field.Encoded])];

    private static byte[] Text(string text) => [(byte)(0x60 + text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(int number)
    {
        var writer = new CborWriter();
        writer.WriteInt32(number);
        return writer.Encode();
    }

    private static byte[] Numbers(params int[] numbers) =>
        [(byte)(0x80 + numbers.Length), .. numbers.SelectMany(Number)];

    private static byte[] Bytes(byte[] bytes)
    {
        var writer = new CborWriter();
        writer.WriteByteString(bytes);
        return writer.Encode();
    }
}
