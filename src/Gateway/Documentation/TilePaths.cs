using Microsoft.OpenApi;

namespace Sequencer.Gateway;

/// <summary>
/// The paths that the one route of tiles takes, each by itself: no parameter of OpenAPI spans several
/// segments, so that a call described as the route is written could not be made.
/// </summary>
internal static class TilePaths
{
    private const string Route = "/log/{chain}/tile/{path}";
    private const string Tiles = "/log/{chain}/tile/";

    /// <summary>Puts the paths in the route's place.</summary>
    public static void Describe(OpenApiDocument document)
    {
        var route = (OpenApiPathItem)document.Paths[Route];
        document.Paths.Remove(Route);
        document.Paths.Add(Tiles + "{L}/{N}", Of(route, "tile", Level, Number));
        document.Paths.Add(Tiles + "{L}/{N}.p/{W}", Of(route, "partialTile", Level, Number, Width));
        document.Paths.Add(Tiles + "entries/{N}", Of(route, "bundle", Number));
        document.Paths.Add(Tiles + "entries/{N}.p/{W}", Of(route, "partialBundle", Number, Width));
    }

    private static OpenApiPathItem Of(
        OpenApiPathItem route, string name, params OpenApiParameter[] parameters)
    {
        var call = new OpenApiOperation(route.Operations![HttpMethod.Get]) { OperationId = name };
        call.Parameters = [.. call.Parameters!.Where(parameter => parameter.Name == "chain"), .. parameters];
        return new OpenApiPathItem { Operations = new() { [HttpMethod.Get] = call } };
    }

    private static OpenApiParameter Level => InPath(
        "L", "Level of the tile, from 0 for the hashes of entries.", "^[0-9]+$");

    private static OpenApiParameter Number => InPath(
        "N",
        "Number of the tile or bundle, in three digits: 000 holds the first 256. From 1000 on the path has "
        + "more segments (x001/234), which no parameter can stand for.",
        "^[0-9]{3}$");

    private static OpenApiParameter Width => InPath(
        "W", "How many hashes or entries of it there are, from 1 to 255.", "^[0-9]+$");

    private static OpenApiParameter InPath(string name, string description, string pattern) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = pattern },
    };
}
