using Microsoft.AspNetCore.Http.Features;

namespace Sequencer.Gateway;

/// <summary>
/// Refuses paths that were climbing. The server resolves <c>.</c> and <c>..</c> before anything here sees the
/// path, so that <c>/log/../heartbeat</c> would be answered as <c>/heartbeat</c>: harmless, yet never meant.
/// </summary>
internal static class PathRule
{
    public static Problem? Refuse(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!target.Contains('.', StringComparison.Ordinal)
            && !target.Contains('%', StringComparison.Ordinal))
            return null;
        var path = target.AsSpan();
        if (path.IndexOf('?') is >= 0 and var query)
            path = path[..query];
        foreach (var range in path.Split('/'))
        {
            if (!IsDots(path[range]))
                continue;
            return path[..range.Start] is "/log/"
                ? new Problem(ProblemCode.ChainIdInvalid,
                    "A chain id matches [a-z0-9][a-z0-9._-]{0,63}; . and .. are none, however spelt.")
                : new Problem(
                    ProblemCode.PathMalformed, "A path may not have the segments . and .., however spelt.");
        }

        return null;
    }

    private static bool IsDots(ReadOnlySpan<char> segment)
    {
        if (segment.Length is 0 or > 6)
            return false;
        Span<char> plain = stackalloc char[segment.Length];
        var length = 0;
        while (!segment.IsEmpty)
        {
            var isEncodedDot = segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase);
            plain[length++] = isEncodedDot ? '.' : segment[0];
            segment = segment[(isEncodedDot ? 3 : 1)..];
        }

        return plain[..length] is "." or "..";
    }
}
