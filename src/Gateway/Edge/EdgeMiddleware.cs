using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// The outermost layer of every request: security headers, one line of log, and a problem+json for whatever
/// went wrong without one. Never logs a query, a header or a body.
/// </summary>
internal sealed partial class EdgeMiddleware(
    RequestDelegate next, RequestLog requests, TimeProvider time, ILogger<EdgeMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = requests.IsOn ? time.GetTimestamp() : 0;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await AnswerAsync(context);
        }
        catch (Exception gone) when (IsOfTheClient(gone, context))
        {
            // The client has gone; nobody is left to answer, and nothing of the body to be read.
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            ReadNothingMore(context);
            context.Abort();
        }

        if (requests.IsOn)
            requests.Write(
                context.Request.Method, context.Request.Path.ToUriComponent(), context.Response.StatusCode,
                time.GetElapsedTime(started));
    }

    /// <summary>Answers, whatever comes; what is thrown says that the client has gone.</summary>
    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            if (PathRule.Refuse(context) is { } refusal)
                await refusal.ExecuteAsync(context);
            else
                await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                await ForStatus(context).ExecuteAsync(context);
        }
        catch (BadHttpRequestException malformed)
        {
            await AnswerAsync(context, ForBadRequest(malformed));
        }
        catch (ReceiptUnreadableException sequenced)
        {
            LogLedger(context.Request.Method, context.Request.Path, sequenced.Message);
            await AnswerAsync(context, sequenced.ToProblem());
        }
        catch (LedgerException failure)
        {
            LogLedger(context.Request.Method, context.Request.Path, failure.Message);
            await AnswerAsync(context, ForLedger(failure));
        }
        catch (Exception bug) when (!IsOfTheClient(bug, context))
        {
            LogUnhandled(bug, context.Request.Method, context.Request.Path);
            await AnswerAsync(context, new Problem(ProblemCode.InternalError,
                "Something went wrong in the service; its log says what. "
                + "Whether the call took effect is not known: retry with the same Idempotency-Key."));
        }
    }

    /// <summary>
    /// Keeps the server from looking for a next request, which it does on an aborted connection too, and behind a read
    /// of the body that broke off only to fail with a warning. Later versions of HTTP end the one stream alone.
    /// </summary>
    private static void ReadNothingMore(HttpContext context)
    {
        if (context.Request.Protocol.StartsWith("HTTP/1.", StringComparison.Ordinal))
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }

    /// <summary>Whether a failure says only that the client left, in good order or by resetting the connection, or
    /// that a stop waited for its body in vain.</summary>
    private static bool IsOfTheClient(Exception failure, HttpContext context) =>
        failure is ConnectionResetException or OperationCanceledException { InnerException: ConnectionAbortedException }
        || (failure is OperationCanceledException && context.RequestAborted.IsCancellationRequested);

    /// <summary>Damage does not heal by asking again; anything else may.</summary>
    private static Problem ForLedger(LedgerException failure) => failure.Reason == LedgerError.Corrupt
        ? new Problem(ProblemCode.ChainStopped,
            "A record that this needs is damaged in the ledger; the operator must look, /health has the reason.")
        : new Problem(ProblemCode.LedgerUnavailable, "The ledger cannot be read at the moment; try again.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    private static Task AnswerAsync(HttpContext context, Problem problem)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return problem.ExecuteAsync(context);
    }

    private static Problem ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status405MethodNotAllowed => new Problem(ProblemCode.MethodNotAllowed,
            $"{context.Request.Path.ToUriComponent()} does not take this method; "
            + $"it takes {context.Response.Headers.Allow}."),
        StatusCodes.Status413PayloadTooLarge => new Problem(
            ProblemCode.BodyTooLarge, "The body is too long."),
        StatusCodes.Status415UnsupportedMediaType => new Problem(ProblemCode.MediaTypeUnsupported,
            "This call does not take that content type."),
        StatusCodes.Status404NotFound => new Problem(ProblemCode.NotFound,
            "There is nothing at this address; /swagger lists what there is."),
        >= 400 and < 500 => new Problem(ProblemCode.RequestMalformed, "The request cannot be understood."),
        _ => new Problem(
            ProblemCode.InternalError, "Something went wrong in the service; its log says what."),
    };

    private static Problem ForBadRequest(BadHttpRequestException malformed) => malformed.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => new Problem(ProblemCode.BodyTimeout,
            "The body arrived too slowly (server.body_min_bytes_per_second)."),
        StatusCodes.Status413PayloadTooLarge => new Problem(
            ProblemCode.BodyTooLarge, "The body is too long."),
        _ => new Problem(ProblemCode.RequestMalformed, "The request's body is not well-formed HTTP."),
    };

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} could not read the ledger: {Reason}")]
    private partial void LogLedger(string method, string path, string reason);

    [LoggerMessage(LogLevel.Error, "Unhandled failure of {Method} {Path}")]
    private partial void LogUnhandled(Exception failure, string method, string path);
}
