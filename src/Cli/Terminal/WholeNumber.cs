using System.CommandLine.Parsing;
using System.Globalization;

namespace Sequencer.Cli.Terminal;

/// <summary>Reads the numbers of a command line, and refuses what is none in a sentence.</summary>
internal static class WholeNumber
{
    /// <summary>A number of decimal digits alone; null, with an error, for anything else.</summary>
    /// <param name="refusal">The whole sentence.</param>
    public static ulong? Read(ArgumentResult result, ulong min, ulong max, string refusal)
    {
        var isNumber = ulong.TryParse(
            result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (isNumber && number >= min && number <= max)
            return number;
        result.AddError(refusal);
        return null;
    }

    /// <summary>The same of an entry's index.</summary>
    public static ulong? ReadIndex(ArgumentResult result) =>
        Read(result, 0, ulong.MaxValue, $"The index {result.Tokens[0].Value} is not a whole number from 0 on.");
}
