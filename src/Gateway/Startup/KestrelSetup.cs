using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sequencer.Gateway;

/// <summary>
/// Puts the limits of <see cref="ServerSettings"/> into Kestrel; TLS comes from <c>[kestrel]</c>.
/// </summary>
internal static class KestrelSetup
{
    private static readonly TimeSpan RateGrace = TimeSpan.FromSeconds(5);

    public static void UseServer(this WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(settings.StopTimeoutSeconds));
        if (!builder.Configuration.GetSection("kestrel:endpoints").Exists())
            builder.WebHost.UseUrls(settings.Listen.Split(';'));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            SetLimits(kestrel.Limits, settings);
        });
    }

    private static void SetLimits(KestrelServerLimits limits, ServerSettings settings)
    {
        // Endpoints count bodies themselves, so as to answer with a problem; this is the net below them.
        limits.MaxRequestBodySize = Math.Max(settings.BodyMaxBytes, settings.BatchBodyMaxBytes);
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
