using System.Buffers;

namespace Sequencer.Gateway.Tests;

/// <summary>Bytes as a connection's buffers hold them: in pieces.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> Of(byte[] bytes, int step)
    {
        var first = new Segment(bytes.AsMemory(0, Math.Min(step, bytes.Length)), 0);
        var last = first;
        for (var at = step; at < bytes.Length; at += step)
            last = last.Append(bytes.AsMemory(at, Math.Min(step, bytes.Length - at)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex) =>
            (Memory, RunningIndex) = (memory, runningIndex);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
