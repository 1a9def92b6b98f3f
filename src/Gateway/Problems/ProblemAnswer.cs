using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace Sequencer.Gateway;

/// <summary>Writes refusals as problem+json, with the headers that belong to their status.</summary>
internal static class ProblemAnswer
{
    private const string ContentType = "application/problem+json";

    /// <summary>Answers with the problem. Nothing of the answer may have been sent.</summary>
    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        context.RequestServices.GetRequiredService<GatewayMetrics>().CountProblem(problem.Code);
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        if (problem.RetryAfter is { } pause)
            response.Headers.RetryAfter = WholeSeconds(pause);
        if (Challenge(problem.Code) is { } challenge)
            response.Headers.WWWAuthenticate = challenge;
        // Later versions of HTTP have no such header, and end the one stream instead of the connection.
        if (LeavesBodyUnread(problem.Code) && context.Request.Protocol.StartsWith("HTTP/1.", StringComparison.Ordinal))
            response.Headers.Connection = "close";
        var answer = JsonAnswer.Rent();
        Write(answer, problem);
        return answer.ExecuteAsync(context);
    }

    private static void Write(JsonAnswer answer, Problem problem)
    {
        var writer = answer.Writer;
        writer.WriteStartObject();
        writer.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(problem.Status));
        writer.WriteNumber("status"u8, problem.Status);
        writer.WriteString("code"u8, ProblemTable.NameOf(problem.Code));
        writer.WriteString("detail"u8, problem.Detail);
        if (problem.Position is { } position)
            writer.WriteNumber("position"u8, position);
        if (problem.FirstIndex is { } index)
            writer.WriteNumber("idx"u8, index);
        writer.WriteEndObject();
    }

    /// <summary>A body of unknown rest is not read to its end: the connection goes instead.</summary>
    private static bool LeavesBodyUnread(ProblemCode code) => code
        is ProblemCode.BodyTooLarge or ProblemCode.EntryTooLarge or ProblemCode.BatchTooLarge
        or ProblemCode.BodyTimeout or ProblemCode.ArrivingFull or ProblemCode.ChainArrivingFull
        or ProblemCode.RequestMalformed;

    /// <summary>
    /// The challenge of RFC 6750, section 3.1; a request without a token gets no error code.
    /// </summary>
    private static string? Challenge(ProblemCode code) => code switch
    {
        ProblemCode.TokenMissing => "Bearer realm=\"sequencer\"",
        ProblemCode.TokenReadOnly =>
            "Bearer realm=\"sequencer\", error=\"insufficient_scope\", scope=\"write\"",
        >= ProblemCode.TokenMalformed and <= ProblemCode.TokenAudience =>
            "Bearer realm=\"sequencer\", error=\"invalid_token\", "
            + $"error_description=\"{ProblemTable.NameOf(code)}\"",
        _ => null,
    };

    private static string WholeSeconds(TimeSpan pause) =>
        Math.Max(1, (long)Math.Ceiling(pause.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
