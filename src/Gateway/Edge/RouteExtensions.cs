namespace Sequencer.Gateway;

/// <summary>How this gateway maps its reading calls.</summary>
internal static class RouteExtensions
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Answers GET, and HEAD like it; the server leaves the body of the latter away.</summary>
    public static RouteHandlerBuilder MapRead(
        this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        routes.MapMethods(pattern, ReadMethods, handler);

    /// <summary>The same for a call that a library maps for every method.</summary>
    public static IEndpointConventionBuilder ForReading(this IEndpointConventionBuilder call) =>
        call.WithMetadata(new HttpMethodMetadata(ReadMethods));
}
