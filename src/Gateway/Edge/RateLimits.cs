using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Sequencer.Gateway;

/// <summary>Limits of what callers without a token may ask for, per client address: token buckets.</summary>
internal static class RateLimits
{
    /// <summary>Policy of the public parts of the log.</summary>
    public const string PublicReads = "public-reads";

    /// <summary>Policy of fresh attestation documents.</summary>
    public const string Attestations = "attestations";

    private const string Everybody = "everybody";

    public static void AddRateLimits(this IServiceCollection services, ReadSettings settings) =>
        services.AddRateLimiter(limiter =>
        {
            limiter.OnRejected = RejectAsync;
            limiter.AddPolicy(PublicReads, context => settings.PerSecond == 0 || HasToken(context)
                ? RateLimitPartition.GetNoLimiter(Everybody)
                : Bucket(ClientAddress.Of(context), settings.Burst, TimeSpan.FromSeconds(1), settings.PerSecond));
            limiter.AddPolicy(Attestations, context => settings.AttestationsPerMinute == 0
                ? RateLimitPartition.GetNoLimiter(Everybody)
                : PerMinute(ClientAddress.Of(context), settings.AttestationsPerMinute));
        });

    /// <param name="detail">What there were too many of.</param>
    /// <param name="pause">When there is room again, if that is known.</param>
    public static Problem Rejected(string detail, TimeSpan? pause) =>
        new(ProblemCode.RateLimited, detail) { RetryAfter = pause ?? TimeSpan.FromSeconds(1) };

    private static RateLimitPartition<string> PerMinute(string client, int perMinute) =>
        RateLimitPartition.GetTokenBucketLimiter(client, _ => PerMinuteOptions(perMinute));

    /// <summary>A minute's worth at once, then some every so often.</summary>
    public static TokenBucketRateLimiterOptions PerMinuteOptions(int perMinute)
    {
        // As many at a time as make the period no shorter than this: a bucket's timer has whole milliseconds.
        var periodMin = TimeSpan.FromMilliseconds(100);
        var perPeriod = (int)Math.Ceiling(perMinute * periodMin.TotalMinutes);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = perPeriod,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) * perPeriod / perMinute,
            QueueLimit = 0,
        };
    }

    private static RateLimitPartition<string> Bucket(
        string client, int burst, TimeSpan period, int perPeriod) =>
        RateLimitPartition.GetTokenBucketLimiter(client, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(burst, perPeriod),
            TokensPerPeriod = perPeriod,
            ReplenishmentPeriod = period,
            QueueLimit = 0,
        });

    private static ValueTask RejectAsync(OnRejectedContext rejected, CancellationToken cancellation)
    {
        var context = rejected.HttpContext;
        var knowsPause = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var pause);
        var policy = context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName;
        var detail = policy == Attestations
            ? "Too many attestation documents for this address (reads.attestations_per_minute); slow down."
            : "Too many reads without a token from this address (reads.per_second); slow down, or use a token.";
        return new(Rejected(detail, knowsPause ? pause : null).ExecuteAsync(context));
    }

    /// <summary>
    /// Calls with a token are answerable to its issuer; a bad token gets 401 whatever the address, which every
    /// endpoint under <see cref="PublicReads"/> sees to.
    /// </summary>
    private static bool HasToken(HttpContext context) => context.Request.Headers.Authorization.Count > 0;
}
