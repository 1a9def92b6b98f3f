using System.Text.Json;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// <c>GET /heartbeat</c>: whether the service works, and what anybody may know of its configuration.
/// </summary>
internal static class HeartbeatEndpoints
{
    public static void MapHeartbeat(this IEndpointRouteBuilder routes) =>
        routes.MapRead("/heartbeat", HeartbeatAsync).DescribeHeartbeat();

    private static async Task HeartbeatAsync(
        HttpContext context, SequencerCore core, ServiceState service, LogIdentity identity,
        GatewaySettings settings)
    {
        context.Response.Headers.CacheControl = "no-store";
        using var answer = JsonAnswer.Rent();
        var status = service.IsReady ? "healthy" : "unhealthy";
        var heartbeat = new HeartbeatAnswer(
            status, PublicConfiguration.Of(settings, core.Status, identity));
        JsonSerializer.Serialize(answer.Writer, heartbeat, GatewayJson.Default.HeartbeatAnswer);
        await answer.SendAsync(context);
    }
}
