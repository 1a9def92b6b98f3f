namespace Sequencer.Gateway;

/// <summary>Reads the yes-or-no questions of a query.</summary>
internal static class QueryFlags
{
    /// <summary>
    /// Whether the query says <paramref name="yes"/>; false for a value that is neither word.
    /// </summary>
    public static bool TryRead(HttpRequest request, string name, string yes, string no, out bool isYes)
    {
        isYes = false;
        if (!request.QueryString.HasValue)
            return true;
        var values = request.Query[name];
        isYes = values.Count == 1 && values[0] == yes;
        return isYes || values.Count == 0 || (values.Count == 1 && values[0] == no);
    }
}
