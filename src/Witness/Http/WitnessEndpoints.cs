using System.Globalization;
using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>The calls of a C2SP tlog-witness, and the witness's own key.</summary>
internal static class WitnessEndpoints
{
    private const int OriginHashLength = 64;

    public static void MapWitness(this IEndpointRouteBuilder routes, string pathPrefix)
    {
        var witness = routes.MapGroup(pathPrefix);
        witness.MapPost("/add-checkpoint", AddCheckpointAsync);
        witness.MapMethods("/{originHash}/checkpoint", [HttpMethods.Get, HttpMethods.Head], CheckpointAsync);
        witness.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], KeyAsync);
    }

    private static async Task AddCheckpointAsync(
        HttpContext context, CheckpointWitness witness, BodyReader bodies)
    {
        if (await bodies.ReadAsync(context) is not { } body)
            return;
        var verdict = await witness.AddAsync(body, context.RequestAborted);
        context.Items[nameof(Verdict)] = verdict;
        await (verdict switch
        {
            Verdict.Cosigned cosigned => PlainAnswer.WriteAsync(context, StatusCodes.Status200OK,
                AddCheckpointAnswer.FormatCosignatures([cosigned.Checkpoint.OwnLine])),
            Verdict.Behind behind => PlainAnswer.WriteAsync(context, StatusCodes.Status409Conflict,
                string.Create(CultureInfo.InvariantCulture, $"{behind.Size}\n"),
                AddCheckpointAnswer.SizeContentType),
            Verdict.Refused refused => PlainAnswer.RefuseAsync(
                context, StatusOf(refused.Reason), refused.Sentence),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    private static Task CheckpointAsync(HttpContext context, CheckpointWitness witness, string originHash)
    {
        if (originHash.Length != OriginHashLength || witness.Find(originHash) is not { } cosigned)
        {
            return PlainAnswer.RefuseAsync(context, StatusCodes.Status404NotFound,
                "This witness has cosigned no checkpoint of that log; the path is "
                + "<lower-case hex of the SHA-256 of the origin>/checkpoint.");
        }

        context.Response.Headers.CacheControl = "no-cache";
        return PlainAnswer.WriteAsync(
            context, StatusCodes.Status200OK, Encoding.UTF8.GetString(cosigned.Note.Span));
    }

    private static Task KeyAsync(HttpContext context, WitnessKey key) =>
        PlainAnswer.WriteAsync(context, StatusCodes.Status200OK, $"{key.Verifier}\n");

    private static int StatusOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Malformed or RefusalReason.OldSizeAbove => StatusCodes.Status400BadRequest,
        RefusalReason.NotSignedByLog or RefusalReason.NotSignedByEnclave => StatusCodes.Status403Forbidden,
        RefusalReason.OriginUnknown or RefusalReason.OriginsFull => StatusCodes.Status404NotFound,
        RefusalReason.NotConsistent => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status503ServiceUnavailable,
    };
}
