namespace Sequencer.Witness;

/// <summary>Builds the HTTP side: services, layers, endpoints. Everything below it is given.</summary>
internal static class WitnessApp
{
    /// <param name="configuration">Where the settings were read; Kestrel reads its own tables there.</param>
    /// <param name="service">What answers; it outlives the application.</param>
    public static WebApplication Build(
        WitnessSettings settings, IConfiguration configuration, WitnessService service,
        Serilog.ILogger logger, TimeProvider time)
    {
        var builder = ServerBuilder.Create(configuration, logger);
        // One byte more than a request may have, so that the endpoint sees that it is too long and says so.
        builder.UseListener(settings.Server.Listener, Tlog.AddCheckpointRequest.MaxSizeBytes + 1);
        builder.Services.AddSingleton(time).AddSingleton(settings.Server).AddSingleton(settings.Logging);
        builder.Services.AddSingleton(service.Witness).AddSingleton(service.Key).AddSingleton<BodyReader>();
        builder.Services.AddRateLimits(settings.Server);
        var app = builder.Build();
        app.UseTrustedProxies(settings.Server.Listener);
        app.UseMiddleware<EdgeMiddleware>();
        app.UseRouting();
        app.UseRateLimiter();
        app.MapHealth();
        app.MapWitness(settings.Server.PathPrefix);
        return app;
    }
}
