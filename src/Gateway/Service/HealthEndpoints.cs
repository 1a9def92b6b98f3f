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
        health.MapRead("", Health).DescribeHealth();
        health.MapRead("/live", Live).DescribeLive();
        health.MapRead("/ready", Ready).DescribeReady();
    }

    /// <summary>
    /// Answers as long as the process does; a balancer restarts a service for this, and only for this.
    /// </summary>
    private static JsonAnswer Live(HttpContext context, ServiceState service) =>
        Answer(context, new HealthAnswer("live", null, service.Take().Status.StoppedChains));

    /// <summary>
    /// Red while no transaction is taken, whatever the chain; one stopped chain does not make it red.
    /// </summary>
    private static JsonAnswer Ready(HttpContext context, ServiceState service)
    {
        var now = service.Take();
        if (!now.IsReady)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Answer(context, Describe(now));
    }

    private static JsonAnswer Health(HttpContext context, ServiceState service) =>
        Answer(context, Describe(service.Take()));

    private static HealthAnswer Describe(ServiceState.Snapshot now) =>
        new(now.Name, now.Reason, now.Status.StoppedChains);

    private static JsonAnswer Answer(HttpContext context, HealthAnswer health)
    {
        context.Response.Headers.CacheControl = "no-store";
        var answer = JsonAnswer.Rent();
        JsonSerializer.Serialize(answer.Writer, health, GatewayJson.Default.HealthAnswer);
        return answer;
    }
}
