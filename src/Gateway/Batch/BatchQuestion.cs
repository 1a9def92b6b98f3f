namespace Sequencer.Gateway;

/// <summary>How a batch comes, and what is asked for besides its place.</summary>
/// <param name="IdempotencyKey">Null for none.</param>
/// <param name="WithReceipts">Whether the answer has a receipt of each entry.</param>
/// <param name="Format">JSON or NDJSON.</param>
internal readonly record struct BatchQuestion(string? IdempotencyKey, bool WithReceipts, BodyFormat Format)
{
    /// <summary>Reads the question; a problem when it makes no sense.</summary>
    public static OrProblem<BatchQuestion> Read(HttpRequest request)
    {
        if (!RequestHeaders.ReadIdempotencyKey(request).TryGet(out var key, out var problem)
            || !QueryFlags.Read(request, "receipts", "true", "false")
                .TryGet(out var withReceipts, out problem))
            return problem;
        var format = RequestHeaders.FormatOf(request);
        return format is BodyFormat.Json or BodyFormat.NdJson
            ? new BatchQuestion(key, withReceipts || RequestHeaders.AcceptsNdJson(request), format)
            : new Problem(ProblemCode.MediaTypeUnsupported,
                "Send a batch as application/x-ndjson or application/json (UTF-8), not compressed.");
    }
}
