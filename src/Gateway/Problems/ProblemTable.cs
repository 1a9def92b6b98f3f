using System.Text.Json;

namespace Sequencer.Gateway;

/// <summary>The HTTP status and the spelling of every <see cref="ProblemCode"/>, in one place.</summary>
internal static class ProblemTable
{
    private static readonly string[] Names = [.. Enum.GetNames<ProblemCode>().Select(SnakeCase)];

    /// <summary>The code as answers spell it, for example <c>entry_too_large</c>.</summary>
    public static string NameOf(ProblemCode code) => Names[(int)code];

    public static int StatusOf(ProblemCode code) => code switch
    {
        <= ProblemCode.RequestMalformed => StatusCodes.Status400BadRequest,
        <= ProblemCode.TokenAudience => StatusCodes.Status401Unauthorized,
        <= ProblemCode.OtherChain => StatusCodes.Status403Forbidden,
        <= ProblemCode.FinalityUnavailable => StatusCodes.Status404NotFound,
        ProblemCode.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ProblemCode.BodyTimeout => StatusCodes.Status408RequestTimeout,
        ProblemCode.DuplicateEntry => StatusCodes.Status409Conflict,
        <= ProblemCode.BatchTooLarge => StatusCodes.Status413PayloadTooLarge,
        ProblemCode.MediaTypeUnsupported => StatusCodes.Status415UnsupportedMediaType,
        ProblemCode.IdempotencyMismatch => StatusCodes.Status422UnprocessableEntity,
        <= ProblemCode.ChainArrivingFull => StatusCodes.Status429TooManyRequests,
        ProblemCode.InternalError => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
