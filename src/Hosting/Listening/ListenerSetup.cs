using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sequencer.Hosting;

/// <summary>
/// Puts the limits of <see cref="ListenerSettings"/> into Kestrel; TLS comes from <c>[kestrel]</c>.
/// </summary>
internal static class ListenerSetup
{
    /// <summary>
    /// How much of what a client sends is read ahead of whoever takes it. The framework's 1 MiB would let each
    /// client of a feed, which never looks at further requests, hold that much for as long as it follows.
    /// What has been looked at does not count, so that larger bodies arrive as before.
    /// </summary>
    private const int UnreadBytesMax = 64 * 1024;

    private static readonly TimeSpan RateGrace = TimeSpan.FromSeconds(5);

    /// <param name="bodyMaxBytes">
    /// Longest body of any request. Endpoints count bodies themselves, so as to answer with a reason; this is
    /// the net below them.
    /// </param>
    public static void UseListener(
        this WebApplicationBuilder builder, ListenerSettings settings, long bodyMaxBytes)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(settings.StopTimeoutSeconds));
        if (!builder.Configuration.GetSection("kestrel:endpoints").Exists())
            builder.WebHost.UseUrls(settings.Listen.Split(';'));
        builder.WebHost.UseSockets(sockets => sockets.MaxReadBufferSize = UnreadBytesMax);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            SetLimits(kestrel.Limits, settings, bodyMaxBytes);
        });
    }

    /// <summary>Takes the client's address from the proxies that are named.</summary>
    public static void UseTrustedProxies(this WebApplication app, ListenerSettings settings)
    {
        if (settings.TrustedProxies.Count == 0)
            return;
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor,
            // Behind two proxies the client is two entries back; the first that no named proxy wrote ends it.
            ForwardLimit = null,
        };
        // Those that are named, and not, as is the default, every process of this machine besides.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in settings.TrustedProxies)
            forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        app.UseForwardedHeaders(forwarded);
    }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="SettingsException">When an address cannot be had.</exception>
    public static async Task StartListeningAsync(this WebApplication app, ListenerSettings settings)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception refused)
            when (refused is IOException or SocketException or InvalidOperationException
                or CryptographicException or UnauthorizedAccessException or FormatException
                or NotSupportedException or ArgumentException)
        {
            throw new SettingsException(Explain(refused, app.Configuration, settings));
        }
    }

    /// <summary>Names the setting: a certificate that cannot be read is no address that is taken.</summary>
    internal static string Explain(Exception refused, IConfiguration configuration, ListenerSettings settings)
    {
        // The framework puts the name of the method's parameter behind some of them.
        var message = refused.Message.Split(" (Parameter ")[0].ReplaceLineEndings(" ").TrimEnd('.');
        var endpoints = configuration.GetSection("kestrel:endpoints");
        var setting = endpoints.Exists()
            ? string.Join(", ", endpoints.GetChildren().Select(
                endpoint => $"kestrel.endpoints.{endpoint.Key} ({endpoint["url"]})"))
            : $"server.listen ({settings.Listen})";
        return SocketErrorOf(refused) switch
        {
            SocketError.AddressAlreadyInUse =>
                $"{setting}: {message}. Stop the program that has it, or listen elsewhere.",
            SocketError.AddressNotAvailable =>
                $"{setting}: {message}. This machine has no such address: name one of its own, or * for all.",
            SocketError.AccessDenied =>
                $"{setting}: {message}. A port below 1024 needs the capability CAP_NET_BIND_SERVICE.",
            _ => $"{setting}: {message}{(endpoints.Exists() ? "; see its url and its certificate" : "")}.",
        };
    }

    private static SocketError? SocketErrorOf(Exception? refused)
    {
        while (refused is not (null or SocketException))
            refused = refused.InnerException;
        return (refused as SocketException)?.SocketErrorCode;
    }

    private static void SetLimits(KestrelServerLimits limits, ListenerSettings settings, long bodyMaxBytes)
    {
        limits.MaxRequestBodySize = bodyMaxBytes;
        limits.MaxConcurrentConnections = settings.ConnectionsMax;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(settings.HeadersTimeoutSeconds);
        limits.MaxRequestHeadersTotalSize = settings.HeadersMaxBytes;
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(settings.KeepAliveSeconds);
        limits.MinRequestBodyDataRate = settings.BodyMinBytesPerSecond == 0
            ? null
            : new MinDataRate(settings.BodyMinBytesPerSecond, RateGrace);
    }
}
