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

    private static async Task CheckpointAsync(
        HttpContext context, Gate gate, SequencerCore core, WitnessSettings witnesses, string chain)
    {
        if (await RefuseAsync(context, gate, chain, readsEntries: false) is { } refusal)
        {
            await ProblemAnswer.WriteAsync(context, refusal);
            return;
        }

        var id = IdOf(chain);
        if (await core.ReadCheckpointAsync(id, context.RequestAborted) is not { } checkpoint)
        {
            await ProblemAnswer.WriteAsync(context, ChainUnknown);
            return;
        }

        if (witnesses.Policy is not null && !context.Request.Query.ContainsKey("latest"))
        {
            if (await core.ReadWitnessedCheckpointAsync(id, context.RequestAborted) is not { } witnessed)
            {
                await ProblemAnswer.WriteAsync(context, CheckpointUnwitnessed);
                return;
            }

            checkpoint = witnessed;
        }

        context.Response.Headers.CacheControl = "no-cache";
        await SendAsync(context, "text/plain; charset=utf-8", checkpoint);
    }

    private static async Task TileAsync(
        HttpContext context, Gate gate, SequencerCore core, BundleSender sender, string chain, string? path)
    {
        var isBundle = EntryBundlePath.TryParse("tile/" + path, out var bundle);
        var isTile = TileId.TryParse("tile/" + path, out var tile);
        if (await RefuseAsync(context, gate, chain, readsEntries: !isTile) is { } refusal)
        {
            await ProblemAnswer.WriteAsync(context, refusal);
            return;
        }

        if (!isBundle && !isTile)
        {
            await ProblemAnswer.WriteAsync(context, new Problem(ProblemCode.PathMalformed,
                "A tile's path is tile/<L>/<N>[.p/<W>] or tile/entries/<N>[.p/<W>], as in C2SP tlog-tiles."));
            return;
        }

        if (isBundle)
            await SendBundleAsync(context, core, sender, IdOf(chain), bundle);
        else if (await core.ReadTileAsync(IdOf(chain), tile, context.RequestAborted) is { } hashes)
            await sender.SendAsync(KeptForever(context), hashes);
        else
            await ProblemAnswer.WriteAsync(context, TileUnknown);
    }

    private static async Task SendBundleAsync(
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

        if (isThere)
            await sender.SendAsync(KeptForever(context), buffer);
        else
            await ProblemAnswer.WriteAsync(context, problem);
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

    private static async Task EpochsAsync(HttpContext context, Gate gate, SequencerCore core, string chain)
    {
        if (!ChainId.TryParse(chain, out var id))
        {
            await ProblemAnswer.WriteAsync(context, ChainIdInvalid);
            return;
        }

        if (await gate.RefuseBadTokenAsync(context) is { } refusal)
        {
            await ProblemAnswer.WriteAsync(context, refusal);
            return;
        }

        if (await core.ReadEpochsAsync(id, context.RequestAborted) is not { } epochs)
        {
            await ProblemAnswer.WriteAsync(context, ChainUnknown);
            return;
        }

        context.Response.Headers.CacheControl = "no-cache";
        using var answer = JsonAnswer.Rent();
        var document = new EpochsAnswer(
            epochs.Origin, epochs.LogKey, [.. epochs.Epochs.Select(EpochAnswer.Of)]);
        JsonSerializer.Serialize(answer.Writer, document, GatewayJson.Default.EpochsAnswer);
        await answer.SendAsync(context);
    }

    private static async ValueTask<Problem?> RefuseAsync(
        HttpContext context, Gate gate, string chain, bool readsEntries) =>
        ChainId.TryParse(chain, out var id)
            ? await gate.RefuseLogReaderAsync(context, id, readsEntries)
            : ChainIdInvalid;

    private static ChainId IdOf(string chain) => ChainId.TryParse(chain, out var id)
        ? id
        : throw new ArgumentException("The chain id was to be checked before.", nameof(chain));

    internal static Problem ChainIdInvalid { get; } = new(ProblemCode.ChainIdInvalid,
        "The path names no chain; a chain id matches [a-z0-9][a-z0-9._-]{0,63}.");

    internal static Problem ChainUnknown { get; } = new(ProblemCode.ChainUnknown,
        "There is no such chain; it begins with its first transaction.");

    private static Problem CheckpointUnwitnessed { get; } = new(ProblemCode.CheckpointUnwitnessed,
        "No checkpoint of the chain has its quorum of witnesses yet; ask again shortly, or for ?latest, the newest "
        + "that the enclave has signed.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    private static async Task SendAsync(HttpContext context, string contentType, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }
}
