using System.Buffers.Binary;
using System.Formats.Cbor;
using System.IO.Pipelines;

namespace Sequencer.Protocol;

/// <summary>
/// Frames over a byte stream: a 4-byte big-endian length, then that many bytes of CBOR. One reader and one
/// writer at a time; it owns the stream.
/// </summary>
public sealed class FrameConnection : IAsyncDisposable
{
    private const int HeaderBytes = 4;
    private const int ReadBufferBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly PipeReader _reader;
    private readonly TimeProvider _time;
    private readonly CborWriter _cbor = new(CborConformanceMode.Strict);
    private byte[] _sendBuffer = new byte[4096];

    public FrameConnection(Stream stream, TimeProvider time)
    {
        _stream = stream;
        _time = time;
        _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadBufferBytes));
    }

    /// <summary>
    /// The next frame's payload, in an array of its own; null when the peer closed between two frames.
    /// </summary>
    /// <exception cref="ProtocolException">For a bad length, a frame cut short, or one too slow.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellation)
    {
        var result = await _reader.ReadAtLeastAsync(1, cancellation);
        if (result.Buffer.IsEmpty)
            return null;
        _reader.AdvanceTo(result.Buffer.Start);

        using var timeout = new CancellationTokenSource(Limits.FrameTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            var length = await ReadLengthAsync(linked.Token);
            return await ReadPayloadAsync(length, linked.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new ProtocolException(
                ProtocolError.FrameTimeout,
                $"A frame did not arrive whole within {Limits.FrameTimeout.TotalSeconds:0} s.");
        }
    }

    /// <summary>Writes one frame whose payload <paramref name="encode"/> makes.</summary>
    public async ValueTask WriteAsync<TState>(
        TState state, Action<CborWriter, TState> encode, CancellationToken cancellation)
    {
        _cbor.Reset();
        encode(_cbor, state);
        var length = _cbor.BytesWritten;
        if (length > Limits.FrameBytesMax)
        {
            throw new ProtocolException(
                ProtocolError.FrameSize,
                $"A frame of {length} bytes is over the limit of {Limits.FrameBytesMax}.");
        }

        if (_sendBuffer.Length < length + HeaderBytes)
            _sendBuffer = new byte[Math.Min(2 * (length + HeaderBytes), Limits.FrameBytesMax + HeaderBytes)];
        BinaryPrimitives.WriteInt32BigEndian(_sendBuffer, length);
        _cbor.Encode(_sendBuffer.AsSpan(HeaderBytes));
        await _stream.WriteAsync(_sendBuffer.AsMemory(0, length + HeaderBytes), cancellation);
        await _stream.FlushAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        await _stream.DisposeAsync();
    }

    private async ValueTask<int> ReadLengthAsync(CancellationToken cancellation)
    {
        var result = await _reader.ReadAtLeastAsync(HeaderBytes, cancellation);
        if (result.Buffer.Length < HeaderBytes)
            throw Truncated();
        var length = ParseLength(result.Buffer);
        _reader.AdvanceTo(result.Buffer.GetPosition(HeaderBytes));
        return length;
    }

    private static int ParseLength(in System.Buffers.ReadOnlySequence<byte> buffer)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        System.Buffers.BuffersExtensions.CopyTo(buffer.Slice(0, HeaderBytes), header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        return length is > 0 and <= Limits.FrameBytesMax
            ? (int)length
            : throw new ProtocolException(
                ProtocolError.FrameSize,
                $"A frame announced {length} bytes; 1 to {Limits.FrameBytesMax} are allowed.");
    }

    /// <summary>Takes what has arrived as it arrives: a sender pays for memory with bytes.</summary>
    private async ValueTask<byte[]> ReadPayloadAsync(int length, CancellationToken cancellation)
    {
        var payload = new byte[Math.Min(length, ReadBufferBytes)];
        var filled = 0;
        while (filled < length)
        {
            var result = await _reader.ReadAsync(cancellation);
            var available = (int)Math.Min(result.Buffer.Length, length - filled);
            if (available == 0)
                throw Truncated();
            if (payload.Length < filled + available)
                Array.Resize(ref payload, Math.Min(length, Math.Max(payload.Length * 2, filled + available)));
            System.Buffers.BuffersExtensions.CopyTo(
                result.Buffer.Slice(0, available), payload.AsSpan(filled));
            filled += available;
            _reader.AdvanceTo(result.Buffer.GetPosition(available));
        }

        if (payload.Length != length)
            Array.Resize(ref payload, length);
        return payload;
    }

    private static ProtocolException Truncated() =>
        new(ProtocolError.FrameTruncated, "The peer closed the stream inside a frame.");
}
