using System.Buffers;

namespace Sequencer.Gateway;

/// <summary>One JSON value a line; empty lines are passed over, and the last line may lack its end.</summary>
internal sealed class NdJsonSplitter : BatchSplitter
{
    public override BatchSplit Next(
        ref ReadOnlySequence<byte> buffer, bool isFinal, out ReadOnlySequence<byte> value)
    {
        while (true)
        {
            var end = buffer.PositionOf((byte)'\n');
            if (end is null && !isFinal)
            {
                value = default;
                return BatchSplit.NeedMore;
            }

            value = end is { } newline ? buffer.Slice(0, newline) : buffer;
            buffer = end is { } past ? buffer.Slice(buffer.GetPosition(1, past)) : buffer.Slice(buffer.End);
            if (!IsBlank(value))
                return BatchSplit.Value;
            if (end is null)
                return BatchSplit.End;
        }
    }

    private static bool IsBlank(ReadOnlySequence<byte> line) =>
        line.IsEmpty || (line.Length == 1 && line.FirstSpan[0] == '\r');
}
