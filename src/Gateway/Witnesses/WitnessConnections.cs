namespace Sequencer.Gateway;

/// <summary>The connections to witnesses: kept alive, few for each, without redirects or cookies.</summary>
internal static class WitnessConnections
{
    /// <summary>Most connections to one witness; further requests wait for one.</summary>
    public const int PerWitnessMax = 8;

    /// <summary>Longest wait for a connection.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private const int HeadersMaxKiB = 16;
    // Long enough to be kept between two checkpoints, short enough to follow a change of the name's address.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(2);

    /// <summary>One pool for all witnesses of a gateway; the caller disposes it.</summary>
    public static HttpMessageInvoker Open() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = ConnectTimeout,
        MaxConnectionsPerServer = PerWitnessMax,
        MaxResponseHeadersLength = HeadersMaxKiB,
        // What is left of a body that is too long is not read: the connection is closed instead.
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = Lifetime,
        PooledConnectionIdleTimeout = IdleTimeout,
    });
}
