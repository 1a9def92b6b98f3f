namespace Sequencer.Witness;

/// <summary><c>/health/live</c> and <c>/health/ready</c>: for operators and their balancers.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").DisableRateLimiting();
        health.MapGet("/live", LiveAsync);
        health.MapGet("/ready", ReadyAsync);
    }

    /// <summary>Answers as long as the process does.</summary>
    private static Task LiveAsync(HttpContext context) =>
        PlainAnswer.WriteAsync(context, StatusCodes.Status200OK, "live\n");

    /// <summary>Red from a failed write of the state until one succeeds.</summary>
    private static Task ReadyAsync(HttpContext context, CheckpointWitness witness) =>
        witness.Trouble is { } trouble
            ? PlainAnswer.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, trouble)
            : PlainAnswer.WriteAsync(context, StatusCodes.Status200OK, "ready\n");
}
