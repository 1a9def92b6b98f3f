using System.Diagnostics;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary><c>POST /sequence/batch</c>: many transactions in order, all of them or none.</summary>
internal static class BatchEndpoints
{
    /// <summary>How many receipts are written before they are passed on to the connection.</summary>
    private const int ReceiptsPerFlush = 32;

    public static void MapBatch(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/sequence/batch", SubmitAsync).DescribeBatch();

    private static async Task SubmitAsync(
        HttpContext context, Gate gate, BatchReader batches, SequencerCore core)
    {
        var check = await gate.WriterAsync(context);
        if (!check.IsAccepted(out var token, out var refusal))
        {
            await ProblemAnswer.WriteAsync(context, refusal);
            return;
        }

        if (ReadQuestion(context, out var key, out var receipts, out var format) is { } bad)
        {
            await ProblemAnswer.WriteAsync(context, bad);
            return;
        }

        ValueTask<SubmitOutcome> pending;
        using (var batch = await batches.ReadAsync(context, token.Chain, format))
        {
            if (batch.Refusal is not null)
            {
                await ProblemAnswer.WriteAsync(context, batch.Refusal);
                return;
            }

            // The queue counts the entries from here on; accepted work is finished even if its client leaves.
            pending = core.SubmitAsync(
                new Submission
                {
                    Chain = token.Chain,
                    Entries = batch.Entries,
                    IdempotencyKey = key,
                    Finality = RequestHeaders.FinalityOf(context.Request),
                },
                CancellationToken.None);
        }

        await AnswerAsync(context, await pending, receipts);
    }

    private static Problem? ReadQuestion(
        HttpContext context, out string? key, out bool receipts, out BodyFormat format)
    {
        receipts = false;
        format = RequestHeaders.FormatOf(context.Request);
        if (RequestHeaders.ReadIdempotencyKey(context.Request, out key) is { } badKey)
            return badKey;
        if (!QueryFlags.TryRead(context.Request, "receipts", "true", "false", out receipts))
            return new Problem(ProblemCode.QueryMalformed, "receipts is true or false.");
        receipts |= RequestHeaders.AcceptsNdJson(context.Request);
        return format is BodyFormat.Json or BodyFormat.NdJson
            ? null
            : new Problem(ProblemCode.MediaTypeUnsupported,
                "Send a batch as application/x-ndjson or application/json (UTF-8), not compressed.");
    }

    private static async Task AnswerAsync(HttpContext context, SubmitOutcome outcome, bool receipts)
    {
        if (outcome is SubmitOutcome.Refused(var refusal))
        {
            await ProblemAnswer.WriteAsync(context, refusal.ToProblem());
            return;
        }

        if (outcome is not SubmitOutcome.Sequenced(var range))
            throw new UnreachableException();
        AppliedPreferences.TellFinality(context, range);
        using var answer = JsonAnswer.Rent();
        SequenceAnswer.WriteBatch(answer, range);
        if (receipts)
            await SendReceiptsAsync(context, answer, range);
        else
            await answer.SendAsync(context);
    }

    private static async Task SendReceiptsAsync(HttpContext context, JsonAnswer answer, SequencedRange range)
    {
        context.Response.ContentType = "application/x-ndjson";
        answer.EndLine();
        for (var offset = 0; offset < range.Count; offset++)
        {
            Write(answer, range, offset);
            var isLast = offset == range.Count - 1;
            if (!isLast && (offset + 1) % ReceiptsPerFlush != 0)
                continue;
            if ((await answer.PassOnAsync(context)).IsCompleted)
                return;
        }
    }

    private static void Write(JsonAnswer answer, SequencedRange range, int offset)
    {
        try
        {
            SequenceAnswer.WriteBatchReceipt(answer, range, offset);
        }
        catch (LedgerException failure)
        {
            throw new ReceiptUnreadableException(range.FirstIndex, failure);
        }
    }
}
