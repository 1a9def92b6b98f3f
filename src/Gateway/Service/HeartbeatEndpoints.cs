using System.Text.Json;

namespace Sequencer.Gateway;

/// <summary>
/// <c>GET /heartbeat</c>: whether the service works, and what anybody may know of its configuration.
/// </summary>
internal static class HeartbeatEndpoints
{
    public static void MapHeartbeat(this IEndpointRouteBuilder routes) =>
        routes.MapRead("/heartbeat", Heartbeat).DescribeHeartbeat();

    private static JsonAnswer Heartbeat(
        HttpContext context, ServiceState service, LogIdentity identity, GatewaySettings settings)
    {
        context.Response.Headers.CacheControl = "no-store";
        var answer = JsonAnswer.Rent();
        var now = service.Take();
        var status = now.IsReady ? "healthy" : "unhealthy";
        var heartbeat = new HeartbeatAnswer(
            status, PublicConfiguration.Of(settings, now.Status, identity));
        JsonSerializer.Serialize(answer.Writer, heartbeat, GatewayJson.Default.HeartbeatAnswer);
        return answer;
    }
}
