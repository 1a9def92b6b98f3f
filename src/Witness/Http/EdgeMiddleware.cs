namespace Sequencer.Witness;

/// <summary>
/// The outermost layer of every request: one line of log, and a sentence for whatever went wrong without one.
/// Never logs a query, a header or a body.
/// </summary>
internal sealed partial class EdgeMiddleware(
    RequestDelegate next, LoggingSettings logging, TimeProvider time, ILogger<EdgeMiddleware> logger)
{
    private readonly bool _logsRequests = logging.Requests && logger.IsEnabled(LogLevel.Information);

    public async Task InvokeAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                await PlainAnswer.RefuseAsync(
                    context, context.Response.StatusCode, SentenceOf(context.Response));
        }
        catch (BadHttpRequestException malformed)
        {
            await AnswerAsync(
                context, malformed.StatusCode, "The request is not well-formed HTTP, or too slow or long.");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody is left to answer.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception bug)
        {
            LogUnhandled(bug, context.Request.Method, context.Request.Path);
            await AnswerAsync(context, StatusCodes.Status500InternalServerError,
                "Something went wrong in the witness; its operator's log says what.");
        }

        if (_logsRequests)
        {
            LogRequest(
                context.Request.Method, context.Request.Path.ToUriComponent(), context.Response.StatusCode,
                time.GetElapsedTime(started).TotalMilliseconds, OutcomeOf(context));
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, string sentence)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return PlainAnswer.RefuseAsync(context, status, sentence);
    }

    private static string SentenceOf(HttpResponse response) => response.StatusCode switch
    {
        StatusCodes.Status404NotFound =>
            "There is nothing at this address: POST <prefix>/add-checkpoint, "
            + "GET <prefix>/<origin hash>/checkpoint.",
        StatusCodes.Status405MethodNotAllowed => $"This address takes {response.Headers.Allow}.",
        _ => "The request cannot be answered.",
    };

    /// <summary>What a verdict was about: names and sizes, which are public.</summary>
    private static string OutcomeOf(HttpContext context) => context.Items[nameof(Verdict)] switch
    {
        Verdict.Cosigned { Checkpoint.Checkpoint: var checkpoint } =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $": cosigned {checkpoint.Origin} at {checkpoint.Size}"),
        Verdict.Refused refused => $": {refused.Reason}",
        _ => "",
    };

    [LoggerMessage(LogLevel.Information, "{Method} {Path} {Status} in {ElapsedMs:0.0} ms{Outcome}")]
    private partial void LogRequest(string method, string path, int status, double elapsedMs, string outcome);

    [LoggerMessage(LogLevel.Error, "Unhandled failure of {Method} {Path}")]
    private partial void LogUnhandled(Exception failure, string method, string path);
}
