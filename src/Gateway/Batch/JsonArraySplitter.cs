using System.Buffers;
using System.Text.Json;

namespace Sequencer.Gateway;

/// <summary>The elements of one JSON array.</summary>
internal sealed class JsonArraySplitter : BatchSplitter
{
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 8 });
    private bool _isOpen;

    public override BatchSplit Next(
        ref ReadOnlySequence<byte> buffer, bool isFinal, out ReadOnlySequence<byte> value)
    {
        value = default;
        try
        {
            var reader = new Utf8JsonReader(buffer, isFinal, _state);
            if (!_isOpen)
            {
                if (!reader.Read())
                    return BatchSplit.NeedMore;
                if (reader.TokenType != JsonTokenType.StartArray)
                    return BatchSplit.Malformed;
                _isOpen = true;
            }

            return NextElement(ref reader, ref buffer, isFinal, ref value);
        }
        catch (JsonException)
        {
            return BatchSplit.Malformed;
        }
    }

    private BatchSplit NextElement(
        ref Utf8JsonReader reader, ref ReadOnlySequence<byte> buffer, bool isFinal,
        ref ReadOnlySequence<byte> value)
    {
        // A look that comes to nothing leaves the state as it was, behind the last whole token.
        var before = (reader.CurrentState, reader.BytesConsumed);
        if (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = reader.TokenStartIndex;
            if (reader.TrySkip())
            {
                value = buffer.Slice(start, reader.BytesConsumed - start);
                Commit(ref buffer, reader.CurrentState, reader.BytesConsumed);
                return BatchSplit.Value;
            }
        }
        else if (reader.TokenType == JsonTokenType.EndArray)
        {
            return End(ref reader, ref buffer, isFinal);
        }

        Commit(ref buffer, before.CurrentState, before.BytesConsumed);
        return BatchSplit.NeedMore;
    }

    /// <summary>
    /// Behind the closing bracket only white space may follow; the reader throws for anything else.
    /// </summary>
    private BatchSplit End(ref Utf8JsonReader reader, ref ReadOnlySequence<byte> buffer, bool isFinal)
    {
        var state = reader.CurrentState;
        var consumed = reader.BytesConsumed;
        reader.Read();
        Commit(ref buffer, state, consumed);
        return isFinal ? BatchSplit.End : BatchSplit.NeedMore;
    }

    private void Commit(ref ReadOnlySequence<byte> buffer, JsonReaderState state, long consumed)
    {
        _state = state;
        buffer = buffer.Slice(consumed);
    }
}
