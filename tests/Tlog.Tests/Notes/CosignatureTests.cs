using System.Text;
using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class CosignatureTests
{
    [Theory]
    [InlineData(0UL)]
    [InlineData(7UL)]
    [InlineData(1_700_000_000UL)]
    [InlineData(Cosignature.MaxTime)]
    public void Message_IsHeaderTimeAndText(ulong time)
    {
        const string text = "log.example/é\n5\nroot\n";
        var expected = Encoding.UTF8.GetBytes($"cosignature/v1\ntime {time}\n{text}");
        var destination = new byte[expected.Length + Cosignature.MaxOverheadBytes];
        var length = Cosignature.WriteMessage(time, Encoding.UTF8.GetBytes(text), destination);

        Cosignature.Message(time, text).Should().Equal(expected);
        destination.AsSpan(0, length).ToArray().Should().Equal(expected);
        length.Should().BeLessThanOrEqualTo(Encoding.UTF8.GetByteCount(text) + Cosignature.MaxOverheadBytes);
    }

    [Fact]
    public void WriteMessage_LongestTime_FillsExactlyTheRoomAskedFor()
    {
        var destination = new byte[Cosignature.MaxOverheadBytes + 2];
        Cosignature.WriteMessage(Cosignature.MaxTime, "a\n"u8, destination).Should().Be(destination.Length);

        var write = () => Cosignature.WriteMessage(1, "a\n"u8, destination.AsSpan(1));
        write.Should().Throw<ArgumentException>().WithMessage("*42 bytes*");
    }

    [Fact]
    public void Blob_RoundTrips() =>
        Gen.Select(Gen.ULong[0, Cosignature.MaxTime], Gen.Byte.Array[64]).Sample((time, signature) =>
        {
            var blob = Cosignature.EncodeBlob(time, signature);
            return blob.Length == Cosignature.BlobSizeBytes
                && Cosignature.DecodeBlob(blob, out var decoded) == time
                && decoded.SequenceEqual(signature);
        });

    [Fact]
    public void TimeAboveTheLimit_IsRefusedEverywhere()
    {
        const ulong time = Cosignature.MaxTime + 1;
        byte[] blob = [0x80, .. new byte[71]];

        Refusal.Of(() => Cosignature.Message(time, "a\n")).Should().Be(TlogError.TimeOutOfRange);
        Refusal.Of(() => Cosignature.EncodeBlob(time, new byte[64])).Should().Be(TlogError.TimeOutOfRange);
        Refusal.Of(() => Cosignature.DecodeBlob(blob, out _)).Should().Be(TlogError.TimeOutOfRange);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(71)]
    [InlineData(73)]
    public void DecodeBlob_AnotherLength_IsRefused(int length) =>
        Refusal.Of(() => Cosignature.DecodeBlob(new byte[length], out _)).Should().Be(TlogError.BadSignature);

    [Fact]
    public void EncodeBlob_SignatureOfAnotherLength_Throws()
    {
        var encode = () => Cosignature.EncodeBlob(1, new byte[63]);
        encode.Should().Throw<ArgumentException>().WithMessage("*64 bytes*");
    }

    [Fact]
    public void Message_LoneSurrogate_IsRefused() =>
        Refusal.Of(() => Cosignature.Message(1, "\udc00\n")).Should().Be(TlogError.InvalidUtf8);
}
