using System.Buffers;
using System.IO.Pipelines;

namespace Sequencer.Client;

/// <summary>One open answer of a feed, read line by line. Owned by one follower.</summary>
internal sealed class FeedConnection : IAsyncDisposable
{
    /// <summary>Longest line, in bytes: a signed note of the largest size, and its proof.</summary>
    private const int LineBytesMax = 2 << 20;

    private readonly HttpResponseMessage _response;
    private readonly PipeReader _body;
    private readonly TimeSpan _silenceMax;
    private readonly TimeProvider _time;

    private FeedConnection(
        HttpResponseMessage response, PipeReader body, TimeSpan silenceMax, TimeProvider time) =>
        (_response, _body, _silenceMax, _time) = (response, body, silenceMax, time);

    public static async Task<FeedConnection> CreateAsync(
        HttpResponseMessage response, TimeSpan silenceMax, TimeProvider time, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        return new FeedConnection(response, PipeReader.Create(body), silenceMax, time);
    }

    /// <summary>The next line that says something.</summary>
    /// <exception cref="IOException">When the answer ended, broke off or fell silent.</exception>
    /// <exception cref="FeedException">When the line is not of the agreed form.</exception>
    public async Task<FeedLine> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var result = await ReadMoreAsync(cancellation).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                var parsed = line.IsEmpty ? null : Parse(line);
                _body.AdvanceTo(buffer.GetPosition(1, end));
                if (parsed is not null)
                    return parsed;
                continue;
            }

            if (result.IsCompleted)
                throw new EndOfStreamException("the feed ended");
            if (buffer.Length > LineBytesMax)
                throw new FeedException(FeedError.Malformed,
                    $"The gateway sent a line of more than {LineBytesMax} bytes, which no event has.");
            _body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The answer first: reading it to its end would take for ever.
        _response.Dispose();
        await _body.CompleteAsync().ConfigureAwait(false);
    }

    private async ValueTask<ReadResult> ReadMoreAsync(CancellationToken cancellation)
    {
        if (_body.TryRead(out var buffered))
        {
            if (buffered.IsCompleted || buffered.Buffer.PositionOf((byte)'\n') is not null)
                return buffered;
            _body.AdvanceTo(buffered.Buffer.Start, buffered.Buffer.End);
        }

        using var silence = new CancellationTokenSource(_silenceMax, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
        try
        {
            return await _body.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"the feed was silent for {_silenceMax.TotalSeconds:0.#} s");
        }
    }

    private static FeedLine Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            return GatewayJson.Read(line.IsSingleSegment ? line.FirstSpan : line.ToArray(),
                GatewayJson.Default.FeedLine);
        }
        catch (SequencerClientException malformed)
        {
            throw new FeedException(FeedError.Malformed, malformed.Message, malformed);
        }
    }
}
