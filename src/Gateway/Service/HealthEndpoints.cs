using System.Text.Json;

namespace Sequencer.Gateway;

/// <summary>
/// <c>/health</c>, <c>/health/live</c> and <c>/health/ready</c>: for operators and their balancers.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health");
        health.MapRead("", HealthAsync).DescribeHealth();
        health.MapRead("/live", LiveAsync).DescribeLive();
        health.MapRead("/ready", ReadyAsync).DescribeReady();
    }

    /// <summary>
    /// Answers as long as the process does; a balancer restarts a service for this, and only for this.
    /// </summary>
    private static Task LiveAsync(HttpContext context, ServiceState service) => SendAsync(
        context, new HealthAnswer("live", null, service.Take().Status.StoppedChains),
        StatusCodes.Status200OK);

    /// <summary>
    /// Red while no transaction is taken, whatever the chain; one stopped chain does not make it red.
    /// </summary>
    private static Task ReadyAsync(HttpContext context, ServiceState service)
    {
        var now = service.Take();
        return SendAsync(context, Answer(now),
            now.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static Task HealthAsync(HttpContext context, ServiceState service) =>
        SendAsync(context, Answer(service.Take()), StatusCodes.Status200OK);

    private static HealthAnswer Answer(ServiceState.Snapshot now) =>
        new(now.Name, now.Reason, now.Status.StoppedChains);

    private static async Task SendAsync(HttpContext context, HealthAnswer health, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        using var answer = JsonAnswer.Rent();
        JsonSerializer.Serialize(answer.Writer, health, GatewayJson.Default.HealthAnswer);
        await answer.SendAsync(context);
    }
}
