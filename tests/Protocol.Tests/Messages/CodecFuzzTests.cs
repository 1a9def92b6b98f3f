using CsCheck;

namespace Sequencer.Protocol.Tests;

/// <summary>
/// No payload makes a decoder throw anything but its refusal, or take memory out of proportion; what it
/// accepts has one meaning: written and read again it stays the same.
/// </summary>
public sealed class CodecFuzzTests
{
    private const int Iterations = 5_000;
    private const long FixedBytes = 20_000;
    private const long BytesPerInputByte = 64;

    private static readonly byte[][] Samples =
    [
        .. SampleMessages.Requests.Values.Select(request => Cbor.Encode(request)),
        .. SampleMessages.Replies.Values.Select(reply => Cbor.Encode(reply)),
    ];

    private static readonly Gen<byte[]> Mutated =
        from sample in Gen.OneOf([.. Samples.Select(bytes => Gen.Const(bytes))])
        from edits in Gen.Select(Gen.Int[0, sample.Length - 1], Gen.Byte, Gen.Int[0, 3]).Array[1, 6]
        select edits.Aggregate(sample, (bytes, edit) => Edit(bytes, edit.Item1, edit.Item2, edit.Item3));

    private static readonly Gen<byte[]> Payload =
        Gen.Frequency((4, Mutated), (1, Gen.Byte.Array[0, 200]));

    [Fact]
    public void DecodeRequest_AnyBytes_OnlyRefuses() => Payload.Sample(
        bytes => Check(bytes, RequestCodec.Decode, message => Cbor.Encode(message.Request, message.Id)),
        iter: Iterations);

    [Fact]
    public void DecodeReply_AnyBytes_OnlyRefuses() => Payload.Sample(
        bytes => Check(bytes, ReplyCodec.Decode, message => Cbor.Encode(message.Reply, message.Id)),
        iter: Iterations);

    private static bool Check<T>(byte[] bytes, Func<ReadOnlyMemory<byte>, T> decode, Func<T, byte[]> encode)
    {
        var isStable = true;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var canonical = encode(decode(bytes));
            isStable = encode(decode(canonical)).AsSpan().SequenceEqual(canonical);
        }
        catch (ProtocolException exception)
        {
            isStable = exception.Reason is ProtocolError.Malformed or ProtocolError.LimitExceeded;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return isStable && allocated < FixedBytes + (bytes.Length * BytesPerInputByte);
    }

    private static byte[] Edit(byte[] bytes, int at, byte value, int how)
    {
        at = Math.Min(at, bytes.Length);
        var rest = Math.Min(at + 1, bytes.Length);
        return how switch
        {
            0 => [.. bytes[..at], value, .. bytes[rest..]],
            1 => [.. bytes[..at], value, .. bytes[at..]],
            2 => [.. bytes[..at], .. bytes[rest..]],
            _ => bytes[..at],
        };
    }
}
