using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>Builds the HTTP side: services, layers, endpoints. Everything below it is given.</summary>
internal static class GatewayApp
{
    /// <param name="configuration">Where the settings were read; Kestrel reads its own tables there.</param>
    /// <param name="sequencer">The running sequencer; it outlives the application.</param>
    /// <param name="requestLines">Where the lines of requests go; null for the logger.</param>
    public static WebApplication Build(
        GatewaySettings settings, IConfiguration configuration, SequencerCore sequencer, LogIdentity identity,
        Serilog.ILogger logger, TimeProvider time, BufferedOutput? requestLines = null)
    {
        var builder = ServerBuilder.Create(configuration, logger);
        builder.UseListener(
            settings.Server.Listener, Math.Max(settings.Server.BodyMaxBytes, settings.Server.BatchBodyMaxBytes));
        builder.Services.AddGateway(settings, time);
        builder.Services.AddSingleton(sequencer).AddSingleton(identity);
        builder.Services.AddSingleton(services => new RequestLog(
            settings.Logging, time, services.GetRequiredService<ILogger<RequestLog>>(), requestLines));
        var app = builder.Build();
        app.UseLayers(settings);
        app.MapSequence();
        app.MapBatch();
        app.MapLog();
        app.MapFeed();
        app.MapAttestation();
        app.MapHeartbeat();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics").ForReading();
        // Its instruments are there from the start, not from the first problem on.
        app.Services.GetRequiredService<GatewayMetrics>().ShowAlertCodes();
        app.MapOpenApiDocument();
        return app;
    }

    private static void AddGateway(
        this IServiceCollection services, GatewaySettings settings, TimeProvider time)
    {
        services.AddSingleton(time);
        services.AddSingleton(settings).AddSingleton(settings.Server).AddSingleton(settings.Auth);
        services.AddSingleton(settings.Chains).AddSingleton(settings.Reads).AddSingleton(settings.Logging);
        services.AddSingleton(settings.Sequencer).AddSingleton(settings.Witnesses);
        services.AddSigningKeys(settings.Auth);
        services.AddSingleton<TokenValidator>().AddSingleton<Gate>();
        services.AddSingleton<ArrivingBytes>().AddSingleton<BodyReader>().AddSingleton<BatchReader>();
        services.AddSingleton(settings.Feed).AddSingleton<FeedReaders>()
            .AddSingleton<BundleBudget>().AddSingleton<BundleSender>();
        services.AddHostedService(provider => provider.GetRequiredService<FeedReaders>());
        services.AddSingleton<AttestationBudget>().AddSingleton<ServiceState>();
        services.AddRateLimits(settings.Reads);
        GatewayMetrics.Collect(services);
        services.AddOpenApiDocument();
    }

    private static void AddSigningKeys(this IServiceCollection services, AuthSettings settings)
    {
        if (settings.PublicKeyFile is { } path)
        {
            services.AddSingleton<ISigningKeys>(KeySource.FromPem(path));
            return;
        }

        services.AddSingleton(provider => KeySource.FromJwks(settings,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RotatingKeys>>()));
        services.AddSingleton<ISigningKeys>(provider => provider.GetRequiredService<RotatingKeys>());
        services.AddHostedService(provider => provider.GetRequiredService<RotatingKeys>());
    }

    private static void UseLayers(this WebApplication app, GatewaySettings settings)
    {
        app.UseTrustedProxies(settings.Server.Listener);
        app.UseMiddleware<EdgeMiddleware>();
        app.UseRouting();
        app.UseRateLimiter();
    }
}
