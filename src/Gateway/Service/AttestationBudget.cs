using System.Threading.RateLimiting;

namespace Sequencer.Gateway;

/// <summary>
/// How many fresh attestation documents all clients together may ask for: they cost the enclave time.
/// </summary>
internal sealed class AttestationBudget(ReadSettings settings) : IDisposable
{
    private readonly TokenBucketRateLimiter? _bucket = settings.AttestationsPerMinuteAll == 0
        ? null
        : new TokenBucketRateLimiter(RateLimits.PerMinuteOptions(settings.AttestationsPerMinuteAll));

    /// <summary>Takes one; false, with the time to wait, when there is none left.</summary>
    public bool TryTake(out TimeSpan? pause)
    {
        pause = null;
        using var lease = _bucket?.AttemptAcquire();
        if (lease is null or { IsAcquired: true })
            return true;
        pause = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : null;
        return false;
    }

    public void Dispose() => _bucket?.Dispose();
}
