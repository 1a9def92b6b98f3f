using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// <c>GET /log/{chain}/feed</c>: a chain's entries in order, from any index on and without end.
/// </summary>
internal static class FeedEndpoints
{
    public static void MapFeed(this IEndpointRouteBuilder routes) =>
        routes.MapRead("/log/{chain}/feed", FollowAsync)
            .RequireRateLimiting(RateLimits.PublicReads).DescribeFeed();

    private static async Task FollowAsync(
        HttpContext context, Gate gate, FeedReaders readers, SequencerCore core, WitnessSettings witnesses,
        string chain)
    {
        if (!ChainId.TryParse(chain, out var id))
        {
            await ProblemAnswer.WriteAsync(context, LogEndpoints.ChainIdInvalid);
            return;
        }

        if (await gate.RefuseLogReaderAsync(context, id, readsEntries: true) is { } refusal)
        {
            await ProblemAnswer.WriteAsync(context, refusal);
            return;
        }

        if (FeedQuestion.Read(context.Request, out var question) is { } bad)
        {
            await ProblemAnswer.WriteAsync(context, bad);
            return;
        }

        if (question.Finality == Finality.Witnessed && witnesses.Policy is null)
        {
            await ProblemAnswer.WriteAsync(context, NoWitnesses);
            return;
        }

        if (await core.FindNewestAsync(id, Finality.Enclave, context.RequestAborted) is null)
        {
            await ProblemAnswer.WriteAsync(context, LogEndpoints.ChainUnknown);
            return;
        }

        var newest = await core.FindNewestAsync(id, question.Finality, context.RequestAborted);
        var reader = new FeedReader(context, id, ClientAddress.Of(context), question, readers)
        {
            Until = await ExpiryAsync(context, gate),
        };
        await RunAsync(context, readers, reader, question.Form, question.From ?? newest?.Size ?? 0);
    }

    /// <summary>Such a feed would never show anything.</summary>
    private static Problem NoWitnesses { get; } = new(ProblemCode.FinalityUnavailable,
        "The service has no witnesses, so that no entry becomes witnessed; ask without finality=witnessed for what "
        + "the enclave has signed.");

    private static async Task RunAsync(
        HttpContext context, FeedReaders readers, FeedReader reader, FeedForm form, ulong from)
    {
        if (readers.Enter(reader) is { } full)
        {
            await ProblemAnswer.WriteAsync(context, full);
            return;
        }

        try
        {
            context.Response.ContentType = form.ContentType;
            context.Response.Headers.CacheControl = "no-store";
            if (!HttpMethods.IsHead(context.Request.Method))
                await reader.RunAsync(from);
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
