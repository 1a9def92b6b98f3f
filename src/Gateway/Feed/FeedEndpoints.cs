using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// <c>GET /log/{chain}/feed</c>: a chain's entries in order, from any index on and without end.
/// </summary>
internal static class FeedEndpoints
{
    public static void MapFeed(this IEndpointRouteBuilder routes) =>
        routes.MapRead("/log/{chain}/feed", FollowAsync)
            .RequireRateLimiting(RateLimits.PublicReads).DescribeFeed();

    private static async ValueTask<IResult> FollowAsync(
        HttpContext context, Gate gate, FeedReaders readers, SequencerCore core, WitnessSettings witnesses,
        string chain)
    {
        var readable = await LogEndpoints.FindReadableAsync(context, gate, chain, readsEntries: true);
        if (!readable.TryGet(out var id, out var problem)
            || !FeedQuestion.Read(context.Request).TryGet(out var question, out problem))
            return problem;
        if (question.Finality == Finality.Witnessed && witnesses.Policy is null)
            return NoWitnesses;
        if (await core.FindNewestAsync(id, Finality.Enclave, context.RequestAborted) is null)
            return LogEndpoints.ChainUnknown;
        var newest = await core.FindNewestAsync(id, question.Finality, context.RequestAborted);
        var reader = new FeedReader(context, id, ClientAddress.Of(context), question, readers)
        {
            Until = await ExpiryAsync(context, gate),
        };
        return await RunAsync(context, readers, reader, question.Form, question.From ?? newest?.Size ?? 0);
    }

    /// <summary>Such a feed would never show anything.</summary>
    private static Problem NoWitnesses { get; } = new(ProblemCode.FinalityUnavailable,
        "The service has no witnesses, so that no entry becomes witnessed; ask without finality=witnessed for what "
        + "the enclave has signed.");

    private static async ValueTask<IResult> RunAsync(
        HttpContext context, FeedReaders readers, FeedReader reader, FeedForm form, ulong from)
    {
        if (readers.Enter(reader) is { } full)
            return full;
        try
        {
            context.Response.ContentType = form.ContentType;
            context.Response.Headers.CacheControl = "no-store";
            if (!HttpMethods.IsHead(context.Request.Method))
                await reader.RunAsync(from);
            return TypedResults.Empty;
        }
        finally
        {
            readers.Leave(reader);
        }
    }

    /// <summary>A token that is good now need not be so for ever; the gate has just found it good.</summary>
    private static async ValueTask<DateTimeOffset> ExpiryAsync(HttpContext context, Gate gate) =>
        context.Request.Headers.Authorization.Count > 0
            ? (await gate.ReaderAsync(context)).Token?.Expires ?? DateTimeOffset.MinValue
            : DateTimeOffset.MaxValue;
}
