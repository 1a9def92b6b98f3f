namespace Sequencer.Iac.Configuration;

/// <summary>Guesses which known word was meant.</summary>
internal static class Spelling
{
    /// <summary>
    /// Ends a sentence with " (did you mean 'x'?)" where a known word is close; empty otherwise.
    /// </summary>
    public static string Suggest(string word, IEnumerable<string> known)
    {
        var closest = known.MinBy(candidate => Distance(word, candidate));
        return closest is not null && Distance(word, closest) <= Math.Max(2, word.Length / 4)
            ? $" (did you mean '{closest}'?)"
            : string.Empty;
    }

    /// <summary>
    /// Levenshtein's distance: insertions, deletions and replacements that turn one into the other.
    /// </summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
