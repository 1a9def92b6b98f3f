using System.Buffers;
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
    /// <exception cref="ProtocolException">
    /// For a bad length, a frame cut short or too slow, or when none began within
    /// <see cref="Limits.IdleTimeout"/>.
    /// </exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limits.IdleTimeout, _time);
        await using var stop = CancelWith(deadline, cancellation);
        var begun = false;
        try
        {
            var result = await _reader.ReadAtLeastAsync(1, deadline.Token);
            if (result.Buffer.IsEmpty)
                return null;
            _reader.AdvanceTo(result.Buffer.Start);
            begun = true;
            deadline.CancelAfter(Limits.FrameTimeout);
            return await ReadPayloadAsync(await ReadLengthAsync(deadline.Token), deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw begun
                ? Late("A frame did not arrive whole")
                : new ProtocolException(ProtocolError.IdleTimeout,
                    $"The peer sent nothing for {Limits.IdleTimeout.TotalSeconds:0} s.");
        }
    }

    /// <summary>Writes one frame whose payload <paramref name="encode"/> makes.</summary>
    /// <exception cref="ProtocolException">
    /// When it is too large, and nothing was written; or when the peer did not take it in time.
    /// </exception>
    public ValueTask WriteAsync<TState>(
        TState state, Action<CborWriter, TState> encode, CancellationToken cancellation) =>
        WriteAsync(Encode(state, encode), cancellation);

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        await _stream.DisposeAsync();
    }

    /// <summary>A frame with its header, in a buffer that the next one reuses.</summary>
    internal ReadOnlyMemory<byte> Encode<TState>(TState state, Action<CborWriter, TState> encode)
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
            _sendBuffer = new byte[Math.Min(2 * length, Limits.FrameBytesMax) + HeaderBytes];
        BinaryPrimitives.WriteInt32BigEndian(_sendBuffer, length);
        _cbor.Encode(_sendBuffer.AsSpan(HeaderBytes));
        return _sendBuffer.AsMemory(0, length + HeaderBytes);
    }

    /// <summary>Writes what <see cref="Encode"/> made. When it fails, part of it may be on its way.</summary>
    internal async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limits.FrameTimeout, _time);
        await using var stop = CancelWith(deadline, cancellation);
        try
        {
            await _stream.WriteAsync(frame, deadline.Token);
            await _stream.FlushAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Late("The peer did not take a frame");
        }
    }

    private async ValueTask<int> ReadLengthAsync(CancellationToken cancellation)
    {
        var result = await _reader.ReadAtLeastAsync(HeaderBytes, cancellation);
        if (result.Buffer.Length < HeaderBytes)
            throw Truncated();
        var length = ParseLength(result.Buffer.Slice(0, HeaderBytes));
        _reader.AdvanceTo(result.Buffer.GetPosition(HeaderBytes));
        return length;
    }

    private static int ParseLength(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        bytes.CopyTo(header);
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
            result.Buffer.Slice(0, available).CopyTo(payload.AsSpan(filled));
            filled += available;
            _reader.AdvanceTo(result.Buffer.GetPosition(available));
        }

        Array.Resize(ref payload, length);
        return payload;
    }

    private static CancellationTokenRegistration CancelWith(
        CancellationTokenSource deadline, CancellationToken cancellation) =>
        cancellation.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), deadline);

    private static ProtocolException Truncated() =>
        new(ProtocolError.FrameTruncated, "The peer closed the stream inside a frame.");

    private static ProtocolException Late(string what) =>
        new(ProtocolError.FrameTimeout, $"{what} within {Limits.FrameTimeout.TotalSeconds:0} s.");
}
