using System.Net;

namespace Sequencer.Hosting;

/// <summary>
/// How a server listens, and what it puts up with from one client: part of <c>[server]</c>.
/// </summary>
internal sealed record ListenerSettings
{
    /// <summary>
    /// Addresses to listen on, separated by semicolons; <c>[kestrel.endpoints]</c> replaces them.
    /// </summary>
    public required string Listen { get; init; }

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

    /// <param name="listen">Where the server listens when the settings do not say.</param>
    public static ListenerSettings Read(SettingsReader reader, string listen) => new()
    {
        Listen = Addresses(reader, reader.Text("server:listen", listen)),
        BodyMinBytesPerSecond = reader.Integer("server:body_min_bytes_per_second", 240, 0, int.MaxValue),
        ConnectionsMax = reader.Integer("server:connections_max", 20_000, 1, int.MaxValue),
        HeadersTimeoutSeconds = reader.Integer("server:headers_timeout_seconds", 15, 1, 3600),
        HeadersMaxBytes = reader.Integer("server:headers_max_bytes", 32 * 1024, 1024, 1024 * 1024),
        KeepAliveSeconds = reader.Integer("server:keep_alive_seconds", 130, 1, 86_400),
        StopTimeoutSeconds = reader.Integer("server:stop_timeout_seconds", 30, 1, 3600),
        TrustedProxies = Proxies(reader),
    };

    /// <summary>
    /// Whether an address is one that Kestrel takes by the letter. Of every name but <c>localhost</c>, of a port that
    /// is none, and of names, queries and fragments around them it makes "every address of the machine".
    /// </summary>
    /// <param name="address">The address.</param>
    /// <param name="schemes">The schemes that it may have.</param>
    public static bool IsPlace(string address, params ReadOnlySpan<string> schemes)
    {
        if (address.AsSpan().ContainsAny('@', '?', '#'))
            return false;
        try
        {
            var place = BindingAddress.Parse(address);
            return schemes.Contains(place.Scheme.ToLowerInvariant())
                && place.PathBase.Length == 0
                && (place.IsUnixPipe || (place.Port is >= 0 and <= IPEndPoint.MaxPort && IsHost(place.Host)));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsHost(string host) =>
        host is "*" or "+" || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out _);

    private static string Addresses(SettingsReader reader, string listen) =>
        listen.Split(';').All(address => IsPlace(address, "http"))
            ? listen
            : throw reader.Wrong("server:listen", listen,
                "addresses such as http://127.0.0.1:5000, each of an IP address, localhost, or * for all (https needs "
                + "a table [kestrel.endpoints.*])");

    private static IReadOnlyList<string> Proxies(SettingsReader reader) => reader.List(
        "server:trusted_proxies", "an IP address", proxy => IPAddress.TryParse(proxy, out _));
}
