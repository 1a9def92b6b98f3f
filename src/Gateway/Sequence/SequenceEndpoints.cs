using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// <c>POST /sequence</c> and <c>GET /sequence/{idx}</c>: one transaction in, one entry out.
/// </summary>
internal static class SequenceEndpoints
{
    public static void MapSequence(this IEndpointRouteBuilder routes)
    {
        // Looked up once: from each request's own services it would take a scope for every request.
        var gate = routes.ServiceProvider.GetRequiredService<Gate>();
        var bodies = routes.ServiceProvider.GetRequiredService<BodyReader>();
        var server = routes.ServiceProvider.GetRequiredService<ServerSettings>();
        var core = routes.ServiceProvider.GetRequiredService<SequencerCore>();
        Delegate submit = (HttpContext context) => SubmitAsync(context, gate, bodies, server, core);
        routes.MapPost("/sequence", submit).DescribeSubmit();
        Delegate read = (HttpContext context, string idx) => ReadAsync(context, gate, core, idx);
        routes.MapRead("/sequence/{idx}", read).DescribeReadEntry();
    }

    /// <summary>
    /// Sends its answer itself: that the framework sends what a handler returns costs one more task for
    /// every submission.
    /// </summary>
    private static async Task SubmitAsync(
        HttpContext context, Gate gate, BodyReader bodies, ServerSettings server, SequencerCore core)
    {
        var reading = await ReadSubmissionAsync(context, gate, bodies, server);
        if (!reading.TryGet(out var transaction, out var problem))
        {
            await problem.ExecuteAsync(context);
            return;
        }

        // Not the request's own token: accepted work is finished, whether or not its client waits.
        var outcome = await core.SubmitAsync(transaction.Submission, CancellationToken.None);
        await Answer(context, outcome, transaction).ExecuteAsync(context);
    }

    private static async ValueTask<OrProblem<Transaction>> ReadSubmissionAsync(
        HttpContext context, Gate gate, BodyReader bodies, ServerSettings server)
    {
        var check = await gate.WriterAsync(context);
        if (!check.IsAccepted(out var token, out var problem)
            || !RequestHeaders.ReadIdempotencyKey(context.Request).TryGet(out var key, out problem))
            return problem;
        var format = RequestHeaders.FormatOf(context.Request);
        if (format is not (BodyFormat.Json or BodyFormat.Raw))
            return new Problem(ProblemCode.MediaTypeUnsupported,
                "Send it as application/json (UTF-8) or application/octet-stream, not compressed.");
        var arrived = await bodies.ReadAsync(context, token.Chain, server.BodyMaxBytes);
        if (!arrived.TryGet(out var body, out problem))
            return problem;
        var entry = ParseEntry(body, format);
        BodyReader.Done(context, body);
        if (entry.IsRefused)
            return entry.Refusal;
        return new Transaction(
            new Submission
            {
                Chain = token.Chain,
                Entries = [entry.Bytes],
                IdempotencyKey = key,
                Finality = RequestHeaders.FinalityOf(context.Request),
            },
            entry.Form);
    }

    private static ParsedEntry ParseEntry(in ReadOnlySequence<byte> body, BodyFormat format) => body.IsEmpty
        ? ParsedEntry.Refused(ProblemCode.BodyEmpty, "The body is empty; it must hold an entry.")
        : format == BodyFormat.Raw ? EntryParser.Take(body)
        : EntryParser.Parse(body, bareText: false, new EntryMemory());

    private static IResult Answer(HttpContext context, SubmitOutcome outcome, Transaction transaction)
    {
        if (outcome is SubmitOutcome.Refused(var refusal))
            return refusal.ToProblem();
        if (outcome is not SubmitOutcome.Sequenced(var range))
            throw new UnreachableException();
        AppliedPreferences.TellFinality(context, range);
        var answer = JsonAnswer.Rent();
        Write(context, answer, range, transaction);
        return answer;
    }

    private static void Write(
        HttpContext context, JsonAnswer answer, SequencedRange range, Transaction transaction)
    {
        try
        {
            if (RequestHeaders.PrefersMinimal(context.Request))
            {
                AppliedPreferences.Tell(context, "return=minimal");
                SequenceAnswer.WriteMinimal(answer, range);
            }
            else
            {
                var entry = transaction.Submission.Entries[0].Span;
                SequenceAnswer.WriteReceipt(answer, range, entry, transaction.Form);
            }
        }
        catch (LedgerException failure)
        {
            throw new ReceiptUnreadableException(range.FirstIndex, failure);
        }
    }

    private static async ValueTask<IResult> ReadAsync(
        HttpContext context, Gate gate, SequencerCore core, string idx)
    {
        var check = await gate.ReaderAsync(context);
        if (!check.IsAccepted(out var token, out var problem)
            || !EntryQuestion.Read(context.Request, idx).TryGet(out var question, out problem))
            return problem;
        var reading = await core.ReadEntryAsync(token.Chain, question.Index, context.RequestAborted);
        if (reading is null)
            return new Problem(ProblemCode.IndexUnknown,
                string.Create(CultureInfo.InvariantCulture, $"The chain has no entry {question.Index} yet."));
        context.Response.Headers.CacheControl = "no-store";
        var answer = JsonAnswer.Rent();
        SequenceAnswer.WriteReading(answer, reading, question);
        return answer;
    }

    /// <summary>One entry as it goes to the sequencer, and the form in which it goes back.</summary>
    private readonly record struct Transaction(Submission Submission, EntryForm Form);
}
