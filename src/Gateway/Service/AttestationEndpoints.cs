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

    private static async ValueTask<IResult> AttestAsync(
        HttpContext context, SequencerCore core, AttestationBudget budget)
    {
        if (!ReadNonce(context.Request).TryGet(out var nonce, out var problem))
            return problem;
        if (!budget.TryTake(out var pause))
            return RateLimits.Rejected(
                "Too many attestation documents for all clients together (reads.attestations_per_minute_all); "
                + "try again.", pause);
        if (await FetchAsync(core, nonce, context.RequestAborted) is not { } document)
            return EnclaveUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        return new BytesAnswer("application/cbor", document);
    }

    private static Problem EnclaveUnavailable { get; } = new(
        ProblemCode.EnclaveUnavailable, "The enclave cannot be reached at the moment; try again.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

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

    /// <summary>The nonce, null for none; a problem when it is malformed, too long or sent twice.</summary>
    private static OrProblem<ReadOnlyMemory<byte>?> ReadNonce(HttpRequest request)
    {
        var values = request.Query["nonce"];
        if (values.Count == 0)
            return (ReadOnlyMemory<byte>?)null;
        var hex = values.Count == 1 ? values[0]! : "-";
        if (hex.Length > 2 * NonceBytesMax || hex.Length % 2 != 0 || !hex.All(char.IsAsciiHexDigit))
            return new Problem(ProblemCode.QueryMalformed,
                $"nonce is at most {NonceBytesMax} bytes in hexadecimal digits, sent once.");
        return (ReadOnlyMemory<byte>?)Convert.FromHexString(hex);
    }
}
