namespace Sequencer.Gateway;

/// <summary>Reads the yes-or-no questions of a query.</summary>
internal static class QueryFlags
{
    /// <summary>
    /// Whether the query says <paramref name="yes"/>; a problem for a value that is neither word.
    /// </summary>
    public static OrProblem<bool> Read(HttpRequest request, string name, string yes, string no)
    {
        if (!request.QueryString.HasValue)
            return false;
        var values = request.Query[name];
        var isYes = values.Count == 1 && values[0] == yes;
        return isYes || values.Count == 0 || (values.Count == 1 && values[0] == no)
            ? isYes
            : new Problem(ProblemCode.QueryMalformed, $"{name} is {yes} or {no}.");
    }
}
