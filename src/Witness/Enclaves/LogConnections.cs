namespace Sequencer.Witness;

/// <summary>
/// The connections over which epochs are fetched: few for each log, without redirects or cookies.
/// </summary>
internal static class LogConnections
{
    /// <summary>Most connections to one log's service; further fetches wait for one.</summary>
    public const int PerServiceMax = 4;

    private const int HeadersMaxKiB = 16;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    // Short enough to follow a change of the name's address.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>One pool for all logs; the caller disposes it.</summary>
    public static HttpMessageInvoker Open() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = ConnectTimeout,
        MaxConnectionsPerServer = PerServiceMax,
        MaxResponseHeadersLength = HeadersMaxKiB,
        // What is left of a body that is too long is not read: the connection is closed instead.
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = Lifetime,
    });
}
