using System.Text.RegularExpressions;

namespace Sequencer.Iac.Output;

/// <summary>Texts as one word of a command that a person pastes into a shell.</summary>
internal static partial class ShellWord
{
    /// <summary>The text itself where the shell takes it as it is, else in single quotes.</summary>
    public static string Of(string text) =>
        PlainPattern().IsMatch(text) ? text : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[A-Za-z0-9_./:@%+=,-]+\z")]
    private static partial Regex PlainPattern();
}
