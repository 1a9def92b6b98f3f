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

    public static Problem Rejected(TimeSpan? pause) => new(ProblemCode.RateLimited,
        "Too many requests from this address ([reads] in the configuration); slow down, or use a token.")
    {
        RetryAfter = pause ?? TimeSpan.FromSeconds(1),
    };

    private static RateLimitPartition<string> PerMinute(string client, int perMinute) =>
        RateLimitPartition.GetTokenBucketLimiter(client, _ => PerMinuteOptions(perMinute));

    /// <summary>A minute's worth at once, then one every so often.</summary>
    public static TokenBucketRateLimiterOptions PerMinuteOptions(int perMinute) => new()
    {
        TokenLimit = perMinute,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
        QueueLimit = 0,
    };

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
        var knowsPause = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var pause);
        return new(ProblemAnswer.WriteAsync(rejected.HttpContext, Rejected(knowsPause ? pause : null)));
    }

    /// <summary>
    /// Calls with a token are answerable to its issuer; a bad token gets 401 whatever the address, which every
    /// endpoint under <see cref="PublicReads"/> sees to.
    /// </summary>
    private static bool HasToken(HttpContext context) => context.Request.Headers.Authorization.Count > 0;
}
