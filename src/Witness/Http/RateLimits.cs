using System.Threading.RateLimiting;

namespace Sequencer.Witness;

/// <summary>What one client, and all together, may ask for at a time.</summary>
internal static class RateLimits
{
    public static void AddRateLimits(this IServiceCollection services, ServerSettings settings) =>
        services.AddRateLimiter(limiter =>
        {
            limiter.OnRejected = (rejected, _) => new(PlainAnswer.RefuseAsync(
                rejected.HttpContext, StatusCodes.Status429TooManyRequests,
                "Too many requests at a time (requests_per_second, burst, requests_max and "
                + "client_requests_max of the witness's [server]); slow down."));
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                Rate(settings),
                AtOneTime(settings.ClientRequestsMax, ClientAddress.Of),
                AtOneTime(settings.RequestsMax, _ => ""));
        });

    private static PartitionedRateLimiter<HttpContext> Rate(ServerSettings settings) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context => settings.RequestsPerSecond == 0
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter(ClientAddress.Of(context), _ => new()
            {
                TokenLimit = Math.Max(settings.Burst, settings.RequestsPerSecond),
                TokensPerPeriod = settings.RequestsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }));

    private static PartitionedRateLimiter<HttpContext> AtOneTime(
        int max, Func<HttpContext, string> partition) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context =>
            RateLimitPartition.GetConcurrencyLimiter(
                partition(context), _ => new() { PermitLimit = max, QueueLimit = 0 }));
}
