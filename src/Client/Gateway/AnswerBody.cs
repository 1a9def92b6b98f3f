using System.Buffers;

namespace Sequencer.Client;

/// <summary>
/// The body of an answer, in a buffer of the shared pool until it is disposed of: whoever reads thousands of
/// bundles reads them into memory that the processor has at hand. Owned by one reader; one that is not disposed
/// of is left to the collector.
/// </summary>
internal sealed class AnswerBody : IDisposable
{
    private readonly int _length;
    private byte[]? _buffer;

    /// <param name="length">Bytes of the body, all still to be filled in.</param>
    public AnswerBody(int length)
    {
        _length = length;
        _buffer = ArrayPool<byte>.Shared.Rent(length);
    }

    /// <summary>The whole body.</summary>
    public Memory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Gives the buffer back: what was taken from <see cref="Bytes"/> must not be used any more.</summary>
    public void Dispose()
    {
        if (_buffer is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
    }
}
