using Sequencer.Core;
using Sequencer.Protocol;

namespace Sequencer.Gateway;

/// <summary><c>GET /attestation?nonce=</c>: a document that binds the enclave's key to its image.</summary>
internal static class AttestationEndpoints
{
    /// <summary>Longest nonce that a Nitro security module takes, in bytes.</summary>
    private const int NonceBytesMax = 512;

    public static void MapAttestation(this IEndpointRouteBuilder routes) =>
        routes.MapRead("/attestation", AttestAsync)
            .RequireRateLimiting(RateLimits.Attestations)
            .DescribeAttestation();

    private static async Task AttestAsync(HttpContext context, SequencerCore core, AttestationBudget budget)
    {
        if (!TryReadNonce(context.Request, out var nonce))
        {
            await ProblemAnswer.WriteAsync(context, new Problem(ProblemCode.QueryMalformed,
                $"nonce is at most {NonceBytesMax} bytes in hexadecimal digits, sent once."));
            return;
        }

        if (!budget.TryTake(out var pause))
        {
            await ProblemAnswer.WriteAsync(context, RateLimits.Rejected(
                "Too many attestation documents for all clients together (reads.attestations_per_minute_all); "
                + "try again.", pause));
            return;
        }

        if (await FetchAsync(core, nonce, context.RequestAborted) is not { } document)
        {
            await ProblemAnswer.WriteAsync(context, new Problem(
                ProblemCode.EnclaveUnavailable, "The enclave cannot be reached at the moment; try again.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            });
            return;
        }

        context.Response.ContentType = "application/cbor";
        context.Response.ContentLength = document.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.BodyWriter.WriteAsync(document, context.RequestAborted);
    }

    /// <summary>The document; null while the enclave does not answer.</summary>
    private static async Task<byte[]?> FetchAsync(
        SequencerCore core, ReadOnlyMemory<byte>? nonce, CancellationToken cancellation)
    {
        try
        {
            return await core.AttestAsync(nonce, cancellation);
        }
        catch (Exception failure) when (failure is IOException or EnclaveRefusedException)
        {
            return null;
        }
    }

    private static bool TryReadNonce(HttpRequest request, out ReadOnlyMemory<byte>? nonce)
    {
        nonce = null;
        var values = request.Query["nonce"];
        if (values.Count == 0)
            return true;
        var hex = values.Count == 1 ? values[0]! : "-";
        if (hex.Length > 2 * NonceBytesMax || hex.Length % 2 != 0 || !hex.All(char.IsAsciiHexDigit))
            return false;
        nonce = Convert.FromHexString(hex);
        return true;
    }
}
