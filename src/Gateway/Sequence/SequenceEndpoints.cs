using System.Diagnostics;
using System.Globalization;
using System.Text.Unicode;
using Sequencer.Core;
using Sequencer.Tlog;

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

    private static async Task SubmitAsync(
        HttpContext context, Gate gate, BodyReader bodies, ServerSettings server, SequencerCore core)
    {
        var check = await gate.WriterAsync(context);
        if (!check.IsAccepted(out var token, out var refusal))
        {
            await ProblemAnswer.WriteAsync(context, refusal);
            return;
        }

        if (RequestHeaders.ReadIdempotencyKey(context.Request, out var key) is { } badKey)
        {
            await ProblemAnswer.WriteAsync(context, badKey);
            return;
        }

        var entry = await ReadEntryAsync(context, bodies, server, token.Chain);
        if (entry.IsRefused)
        {
            await ProblemAnswer.WriteAsync(context, entry.Refusal);
            return;
        }

        var submission = new Submission
        {
            Chain = token.Chain,
            Entries = [entry.Bytes],
            IdempotencyKey = key,
            Finality = RequestHeaders.FinalityOf(context.Request),
        };
        // Not the request's own token: accepted work is finished, whether or not its client waits.
        var outcome = await core.SubmitAsync(submission, CancellationToken.None);
        await AnswerAsync(context, outcome, entry);
    }

    private static Task AnswerAsync(HttpContext context, SubmitOutcome outcome, in ParsedEntry entry)
    {
        if (outcome is SubmitOutcome.Refused(var refusal))
            return ProblemAnswer.WriteAsync(context, refusal.ToProblem());
        if (outcome is not SubmitOutcome.Sequenced(var range))
            throw new UnreachableException();
        using var answer = JsonAnswer.Rent();
        AppliedPreferences.TellFinality(context, range);
        Write(context, answer, range, entry);
        return answer.SendAsync(context);
    }

    private static void Write(
        HttpContext context, JsonAnswer answer, SequencedRange range, in ParsedEntry entry)
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
                SequenceAnswer.WriteReceipt(answer, range, entry);
            }
        }
        catch (LedgerException failure)
        {
            throw new ReceiptUnreadableException(range.FirstIndex, failure);
        }
    }

    private static async ValueTask<ParsedEntry> ReadEntryAsync(
        HttpContext context, BodyReader bodies, ServerSettings server, ChainId chain)
    {
        var format = RequestHeaders.FormatOf(context.Request);
        if (format is not (BodyFormat.Json or BodyFormat.Raw))
            return ParsedEntry.Refused(ProblemCode.MediaTypeUnsupported,
                "Send it as application/json (UTF-8) or application/octet-stream, not compressed.");
        var (body, refusal) = await bodies.ReadAsync(context, chain, server.BodyMaxBytes);
        if (refusal is not null)
            return new ParsedEntry { Refusal = refusal };
        var entry = body.IsEmpty
            ? ParsedEntry.Refused(ProblemCode.BodyEmpty, "The body is empty; it must hold an entry.")
            : format == BodyFormat.Raw ? EntryParser.Take(body)
            : EntryParser.Parse(body, bareText: false, new EntryMemory());
        BodyReader.Done(context, body);
        return entry;
    }

    private static async Task ReadAsync(HttpContext context, Gate gate, SequencerCore core, string idx)
    {
        var check = await gate.ReaderAsync(context);
        if (!check.IsAccepted(out var token, out var refusal))
        {
            await ProblemAnswer.WriteAsync(context, refusal);
            return;
        }

        if (ReadQuestion(context, idx, out var index, out var bundle, out var base64) is { } bad)
        {
            await ProblemAnswer.WriteAsync(context, bad);
            return;
        }

        var reading = await core.ReadEntryAsync(token.Chain, index, context.RequestAborted);
        if (reading is null)
        {
            await ProblemAnswer.WriteAsync(context, new Problem(ProblemCode.IndexUnknown,
                string.Create(CultureInfo.InvariantCulture, $"The chain has no entry {index} yet.")));
            return;
        }

        using var answer = JsonAnswer.Rent();
        var form = base64 || !Utf8.IsValid(reading.Data.Span) ? EntryForm.Base64 : EntryForm.Text;
        SequenceAnswer.WriteReading(answer, index, reading, form, bundle);
        context.Response.Headers.CacheControl = "no-store";
        await answer.SendAsync(context);
    }

    private static Problem? ReadQuestion(
        HttpContext context, string idx, out ulong index, out bool bundle, out bool base64)
    {
        (bundle, base64) = (false, false);
        if (!ulong.TryParse(idx, NumberStyles.None, CultureInfo.InvariantCulture, out index)
            || (idx.Length > 1 && idx[0] == '0')
            || !idx.All(char.IsAsciiDigit)) // the runtime's parsers pass over NUL characters at the end
            return new Problem(ProblemCode.IndexMalformed,
                "An index is a whole number from 0 up, in decimal digits without leading zeros.");
        if (!QueryFlags.TryRead(context.Request, "bundle", "true", "false", out bundle))
            return new Problem(ProblemCode.QueryMalformed, "bundle is true or false.");
        return QueryFlags.TryRead(context.Request, "form", "base64", "auto", out base64)
            ? null
            : new Problem(ProblemCode.QueryMalformed, "form is base64 or auto.");
    }
}
