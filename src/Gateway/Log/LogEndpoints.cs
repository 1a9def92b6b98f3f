using System.Text.Json;
using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// <c>/log/{chain}/…</c>: each chain as a transparency log (C2SP tlog-tiles), and its epochs.
/// </summary>
internal static class LogEndpoints
{
    public static void MapLog(this IEndpointRouteBuilder routes)
    {
        var log = routes.MapGroup("/log/{chain}").RequireRateLimiting(RateLimits.PublicReads);
        log.MapRead("/checkpoint", CheckpointAsync).DescribeCheckpoint();
        log.MapRead("/tile/{**path}", TileAsync).DescribeTile();
        log.MapRead("/epochs", EpochsAsync).DescribeEpochs();
    }

    private static async ValueTask<IResult> CheckpointAsync(
        HttpContext context, Gate gate, SequencerCore core, WitnessSettings witnesses, string chain)
    {
        var readable = await FindReadableAsync(context, gate, chain, readsEntries: false);
        if (!readable.TryGet(out var id, out var problem))
            return problem;
        if (await core.ReadCheckpointAsync(id, context.RequestAborted) is not { } checkpoint)
            return ChainUnknown;
        if (witnesses.Policy is not null && !context.Request.Query.ContainsKey("latest"))
        {
            if (await core.ReadWitnessedCheckpointAsync(id, context.RequestAborted) is not { } witnessed)
                return CheckpointUnwitnessed;
            checkpoint = witnessed;
        }

        context.Response.Headers.CacheControl = "no-cache";
        return new BytesAnswer("text/plain; charset=utf-8", checkpoint);
    }

    private static async ValueTask<IResult> TileAsync(
        HttpContext context, Gate gate, SequencerCore core, BundleSender sender, string chain, string? path)
    {
        var isBundle = EntryBundlePath.TryParse("tile/" + path, out var bundle);
        var isTile = TileId.TryParse("tile/" + path, out var tile);
        var readable = await FindReadableAsync(context, gate, chain, readsEntries: !isTile);
        if (!readable.TryGet(out var id, out var problem))
            return problem;
        if (isBundle)
            return await SendBundleAsync(context, core, sender, id, bundle);
        if (!isTile)
            return new Problem(ProblemCode.PathMalformed,
                "A tile's path is tile/<L>/<N>[.p/<W>] or tile/entries/<N>[.p/<W>], as in C2SP tlog-tiles.");
        if (await core.ReadTileAsync(id, tile, context.RequestAborted) is not { } hashes)
            return TileUnknown;
        await sender.SendAsync(KeptForever(context), hashes);
        return TypedResults.Empty;
    }

    private static async ValueTask<IResult> SendBundleAsync(
        HttpContext context, SequencerCore core, BundleSender sender, ChainId chain, EntryBundlePath bundle)
    {
        var buffer = sender.Rent();
        var (isThere, problem) = (false, TileUnknown);
        try
        {
            isThere = await core.WriteBundleAsync(chain, bundle, buffer, context.RequestAborted);
        }
        catch (BundlesFullException full)
        {
            problem = full.Problem;
        }
        finally
        {
            if (!isThere)
                sender.Return(buffer);
        }

        if (!isThere)
            return problem;
        await sender.SendAsync(KeptForever(context), buffer);
        return TypedResults.Empty;
    }

    private static Problem TileUnknown { get; } = new(ProblemCode.TileUnknown,
        "The chain has no such tile, or is not that long yet.");

    /// <summary>The headers of what never changes.</summary>
    private static HttpContext KeptForever(HttpContext context)
    {
        var isPrivate = context.Request.Headers.Authorization.Count > 0;
        context.Response.Headers.CacheControl =
            (isPrivate ? "private" : "public") + ", max-age=31536000, immutable";
        context.Response.ContentType = "application/octet-stream";
        return context;
    }

    private static async ValueTask<IResult> EpochsAsync(
        HttpContext context, Gate gate, SequencerCore core, string chain)
    {
        if (!ChainId.TryParse(chain, out var id))
            return ChainIdInvalid;
        if (await gate.RefuseBadTokenAsync(context) is { } refusal)
            return refusal;
        if (await core.ReadEpochsAsync(id, context.RequestAborted) is not { } epochs)
            return ChainUnknown;
        context.Response.Headers.CacheControl = "no-cache";
        var answer = JsonAnswer.Rent();
        var document = new EpochsAnswer(
            epochs.Origin, epochs.LogKey, [.. epochs.Epochs.Select(EpochAnswer.Of)]);
        JsonSerializer.Serialize(answer.Writer, document, GatewayJson.Default.EpochsAnswer);
        return answer;
    }

    /// <summary>The chain that a path names, if the request may read its log.</summary>
    internal static async ValueTask<OrProblem<ChainId>> FindReadableAsync(
        HttpContext context, Gate gate, string chain, bool readsEntries)
    {
        if (!ChainId.TryParse(chain, out var id))
            return ChainIdInvalid;
        return await gate.RefuseLogReaderAsync(context, id, readsEntries) is { } refusal ? refusal : id;
    }

    private static Problem ChainIdInvalid { get; } = new(ProblemCode.ChainIdInvalid,
        "The path names no chain; a chain id matches [a-z0-9][a-z0-9._-]{0,63}.");

    internal static Problem ChainUnknown { get; } = new(ProblemCode.ChainUnknown,
        "There is no such chain; it begins with its first transaction.");

    private static Problem CheckpointUnwitnessed { get; } = new(ProblemCode.CheckpointUnwitnessed,
        "No checkpoint of the chain has its quorum of witnesses yet; ask again shortly, or for ?latest, the newest "
        + "that the enclave has signed.")
    { RetryAfter = TimeSpan.FromSeconds(1) };
}
