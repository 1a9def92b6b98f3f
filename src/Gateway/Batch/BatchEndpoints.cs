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

    private static async ValueTask<IResult> SubmitAsync(
        HttpContext context, Gate gate, BatchReader batches, SequencerCore core)
    {
        var check = await gate.WriterAsync(context);
        if (!check.IsAccepted(out var token, out var problem)
            || !BatchQuestion.Read(context.Request).TryGet(out var question, out problem))
            return problem;
        ValueTask<SubmitOutcome> pending;
        using (var batch = await batches.ReadAsync(context, token.Chain, question.Format))
        {
            if (batch.Refusal is not null)
                return batch.Refusal;
            // The queue counts the entries from here on; accepted work is finished even if its client leaves.
            pending = core.SubmitAsync(
                new Submission
                {
                    Chain = token.Chain,
                    Entries = batch.Entries,
                    IdempotencyKey = question.IdempotencyKey,
                    Finality = RequestHeaders.FinalityOf(context.Request),
                },
                CancellationToken.None);
        }

        return await AnswerAsync(context, await pending, question.WithReceipts);
    }

    private static async ValueTask<IResult> AnswerAsync(
        HttpContext context, SubmitOutcome outcome, bool withReceipts)
    {
        if (outcome is SubmitOutcome.Refused(var refusal))
            return refusal.ToProblem();
        if (outcome is not SubmitOutcome.Sequenced(var range))
            throw new UnreachableException();
        AppliedPreferences.TellFinality(context, range);
        var answer = JsonAnswer.Rent();
        SequenceAnswer.WriteBatch(answer, range);
        if (!withReceipts)
            return answer;
        using (answer)
            await SendReceiptsAsync(context, answer, range);
        return TypedResults.Empty;
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
