namespace Sequencer.Gateway;

/// <summary>How the gateway listens, and what it puts up with from one client: <c>[server]</c>.</summary>
internal sealed record ServerSettings
{
    /// <summary>
    /// Addresses to listen on, separated by semicolons; <c>[kestrel.endpoints]</c> replaces them.
    /// </summary>
    public required string Listen { get; init; }

    /// <summary>
    /// The name and port under which clients reach this service; the log prefix is made from it.
    /// </summary>
    public required string PublicHost { get; init; }

    /// <summary>
    /// Longest body of <c>POST /sequence</c>, in bytes: an entry of the largest size, escaped.
    /// </summary>
    public required int BodyMaxBytes { get; init; }

    /// <summary>Longest body of <c>POST /sequence/batch</c>, in bytes.</summary>
    public required int BatchBodyMaxBytes { get; init; }

    /// <summary>Longest that a body may take to arrive, in seconds; then 408.</summary>
    public required int BodyTimeoutSeconds { get; init; }

    /// <summary>Bytes of bodies that are arriving at one time, in all; then 503.</summary>
    public required long ArrivingMaxBytes { get; init; }

    /// <summary>The same for one chain; then 429.</summary>
    public required long ChainArrivingMaxBytes { get; init; }

    /// <summary>
    /// Slowest that a body may arrive after five seconds of grace, in bytes per second; 0 for no limit.
    /// </summary>
    public required int BodyMinBytesPerSecond { get; init; }

    /// <summary>Most connections open at one time; further ones are closed at once.</summary>
    public required int ConnectionsMax { get; init; }

    /// <summary>Longest that a request's headers may take to arrive, in seconds.</summary>
    public required int HeadersTimeoutSeconds { get; init; }

    /// <summary>Most bytes of a request's headers in all.</summary>
    public required int HeadersMaxBytes { get; init; }

    /// <summary>Longest that a connection may be idle between requests, in seconds.</summary>
    public required int KeepAliveSeconds { get; init; }

    /// <summary>Longest that a stop waits for the answers it owes, in seconds.</summary>
    public required int StopTimeoutSeconds { get; init; }

    /// <summary>Addresses of reverse proxies whose <c>X-Forwarded-For</c> names the client.</summary>
    public required IReadOnlyList<string> TrustedProxies { get; init; }

    public static ServerSettings Read(SettingsReader reader) => new()
    {
        Listen = Addresses(reader, reader.Text("server:listen", "http://127.0.0.1:5000")),
        PublicHost = reader.Text("server:public_host", "127.0.0.1:5000"),
        BodyMaxBytes = reader.Integer("server:body_max_bytes", 512 * 1024, 1024, 64 * 1024 * 1024),
        BatchBodyMaxBytes = reader.Integer(
            "server:batch_body_max_bytes", 16 * 1024 * 1024, 1024, 1024 * 1024 * 1024),
        BodyTimeoutSeconds = reader.Integer("server:body_timeout_seconds", 30, 1, 3600),
        ArrivingMaxBytes = reader.LongInteger(
            "server:arriving_max_bytes", 128 * 1024 * 1024, 1024, long.MaxValue),
        ChainArrivingMaxBytes =
            reader.LongInteger("server:chain_arriving_max_bytes", 32 * 1024 * 1024, 1024, long.MaxValue),
        BodyMinBytesPerSecond = reader.Integer("server:body_min_bytes_per_second", 240, 0, int.MaxValue),
        ConnectionsMax = reader.Integer("server:connections_max", 20_000, 1, int.MaxValue),
        HeadersTimeoutSeconds = reader.Integer("server:headers_timeout_seconds", 15, 1, 3600),
        HeadersMaxBytes = reader.Integer("server:headers_max_bytes", 32 * 1024, 1024, 1024 * 1024),
        KeepAliveSeconds = reader.Integer("server:keep_alive_seconds", 130, 1, 86_400),
        StopTimeoutSeconds = reader.Integer("server:stop_timeout_seconds", 30, 1, 3600),
        TrustedProxies = Proxies(reader),
    };

    private static string Addresses(SettingsReader reader, string listen)
    {
        foreach (var address in listen.Split(';'))
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)
                || uri.Scheme is not ("http" or "https"))
                throw reader.Wrong("server:listen", listen, "addresses such as http://127.0.0.1:5000");
        }

        return listen;
    }

    private static IReadOnlyList<string> Proxies(SettingsReader reader)
    {
        var proxies = reader.List("server:trusted_proxies");
        foreach (var proxy in proxies)
        {
            if (!System.Net.IPAddress.TryParse(proxy, out _))
                throw reader.Wrong("server:trusted_proxies", proxy, "IP addresses");
        }

        return proxies;
    }
}
