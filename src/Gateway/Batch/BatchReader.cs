using System.Buffers;
using System.IO.Pipelines;
using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// Assembles a whole batch while it arrives, entry by entry, within the limits of one frame. What has arrived
/// is counted in <see cref="ArrivingBytes"/> until the batch is handed on, so that a slow sender holds up
/// nobody.
/// </summary>
internal sealed class BatchReader(
    SequencerOptions limits, ServerSettings server, ArrivingBytes arriving, BodyReader bodies)
{
    /// <summary>
    /// Memory of one entry besides its bytes, in bytes: what a flood of empty entries is counted as.
    /// </summary>
    private const int EntryOverheadBytes = 64;

    /// <summary>
    /// Longest JSON of one entry, in bytes: each byte of it escaped as six characters, in an object.
    /// </summary>
    private const int ValueBytesMax = 6 * Entry.MaxSizeBytes + 1024;

    /// <summary>The batch; the caller disposes it once the sequencer has taken the entries over.</summary>
    public async ValueTask<Batch> ReadAsync(HttpContext context, ChainId chain, BodyFormat format)
    {
        if (context.Request.ContentLength > server.BatchBodyMaxBytes)
            return Batch.Refused(BodyReader.TooLarge(server.BatchBodyMaxBytes));
        var batch = new Batch(arriving.Begin(chain));
        BatchSplitter splitter = format == BodyFormat.NdJson ? new NdJsonSplitter() : new JsonArraySplitter();
        var body = context.Request.BodyReader;
        using var deadline = bodies.Deadline(body);
        try
        {
            batch.Refusal = await FillAsync(batch, body, splitter, deadline);
            if (batch.Refusal is not null)
                batch.Dispose();
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private async ValueTask<Problem?> FillAsync(
        Batch batch, PipeReader body, BatchSplitter splitter, BodyDeadline deadline)
    {
        var minimum = 1;
        long read = 0;
        while (true)
        {
            var result = await body.ReadAtLeastAsync(minimum);
            var rest = result.Buffer;
            var refusal = deadline.HasPassed ? bodies.TooSlow()
                : read + rest.Length > server.BatchBodyMaxBytes ? BodyReader.TooLarge(server.BatchBodyMaxBytes)
                : result.IsCompleted && read + rest.Length == 0 ? BodyEmpty
                : TakeValues(batch, ref rest, result.IsCompleted, splitter);
            if (refusal is not null)
            {
                // The server reads on from there, past the rest of the body.
                body.AdvanceTo(result.Buffer.End);
                return refusal;
            }

            read += result.Buffer.Length - rest.Length;
            body.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
                return batch.Entries.Count > 0
                    ? null
                    : new Problem(ProblemCode.BatchEmpty, "The batch has no entry; send at least one.");
            // Looking at an unfinished value again costs its length: wait until there is twice as much, or more
            // than may be.
            minimum = (int)Math.Max(1, Math.Min(2 * rest.Length, server.BatchBodyMaxBytes + 1L - read));
        }
    }

    private static Problem BodyEmpty { get; } =
        new(ProblemCode.BodyEmpty, "The body is empty; it must hold a batch.");

    private Problem? TakeValues(
        Batch batch, ref ReadOnlySequence<byte> rest, bool isFinal, BatchSplitter splitter)
    {
        while (true)
        {
            switch (splitter.Next(ref rest, isFinal, out var value))
            {
                case BatchSplit.Value:
                    batch.Memory.ExpectedBytes = value.Length + rest.Length;
                    if (Take(batch, value) is { } refusal)
                        return refusal with { Position = batch.Entries.Count };
                    break;
                case BatchSplit.NeedMore when !isFinal:
                    // As much again may be there before the next look.
                    return rest.Length > ValueBytesMax
                        ? new Problem(ProblemCode.EntryTooLarge,
                            $"An entry has at most {Entry.MaxSizeBytes} bytes.")
                        {
                            Position = batch.Entries.Count,
                        }
                        : batch.Arriving!.GrowTo(batch.ReservedBytes + (2 * rest.Length));
                case BatchSplit.End:
                    return batch.Arriving!.GrowTo(batch.ReservedBytes);
                default:
                    return new Problem(ProblemCode.JsonMalformed,
                        "This is no batch: expected one JSON value a line as application/x-ndjson, "
                        + "or one JSON array as application/json.")
                    { Position = batch.Entries.Count };
            }
        }
    }

    private Problem? Take(Batch batch, ReadOnlySequence<byte> value)
    {
        var entry = EntryParser.Parse(value, bareText: true, batch.Memory);
        if (entry.IsRefused)
            return entry.Refusal;
        if (batch.Entries.Count == limits.BatchMaxEntries)
            return new Problem(ProblemCode.BatchTooLarge,
                $"A batch has at most {limits.BatchMaxEntries} entries "
                + "(sequencer.batch_max_entries); split it.");
        // Before it is added: the position of a refusal is the number of entries before it.
        if (batch.EntryBytes + entry.Bytes.Length > limits.BatchMaxBytes)
            return new Problem(ProblemCode.BatchTooLarge,
                $"A batch has at most {limits.BatchMaxBytes} bytes of entries "
                + "(sequencer.batch_max_bytes); split it.");
        batch.Add(entry.Bytes, EntryOverheadBytes);
        return null;
    }
}
