using System.Buffers.Binary;
using System.Formats.Cbor;
using Sequencer.Protocol;

namespace Sequencer.Fuzz;

/// <summary>What crosses the line between core and enclave. What is accepted keeps its meaning.</summary>
internal static class ProtocolTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new(
            "enclave-request", Resource.GoldenMessages("request"),
            bytes => CheckStable(bytes, payload =>
            {
                var (id, request) = RequestCodec.Decode(payload);
                return Encode(writer => RequestCodec.Encode(writer, id, request));
            }),
            IsRefusal),
        new(
            "enclave-reply", Resource.GoldenMessages("reply"),
            bytes => CheckStable(bytes, payload =>
            {
                var (id, reply) = ReplyCodec.Decode(payload);
                return Encode(writer => ReplyCodec.Encode(writer, id, reply));
            }),
            IsRefusal),
        new("frames", [[.. Framed([1, 2, 3]), .. Framed(new byte[300])], Framed([0])], ReadFrames, IsRefusal)
        {
            // A frame's payload is an array of its own, and the pipe reads in blocks of 64 KiB.
            FixedBytesMax = 1_000_000,
        },
    ];

    private static bool IsRefusal(Exception exception) => exception is ProtocolException;

    private static byte[] Framed(byte[] payload)
    {
        var frame = new byte[4 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
        payload.CopyTo(frame, 4);
        return frame;
    }

    private static byte[] Encode(Action<CborWriter> write)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        write(writer);
        return writer.Encode();
    }

    private static void CheckStable(byte[] bytes, Func<ReadOnlyMemory<byte>, byte[]> decodeAndEncode)
    {
        var canonical = decodeAndEncode(bytes);
        FuzzFindingException.ThrowUnlessSame(canonical, decodeAndEncode(canonical));
    }

    /// <summary>Reads from memory, where nothing has to be waited for, so that all of it runs here.</summary>
    private static void ReadFrames(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        var frames = new FrameConnection(stream, TimeProvider.System);
        while (Completed(frames.ReadAsync(CancellationToken.None)) is { } payload)
        {
            if (payload.Length > bytes.Length)
                throw new FuzzFindingException("A frame is longer than all that was sent.");
        }
    }

    private static T Completed<T>(ValueTask<T> task) => task.IsCompleted
        ? task.GetAwaiter().GetResult()
        : throw new FuzzFindingException("A reader of memory waits.");
}
