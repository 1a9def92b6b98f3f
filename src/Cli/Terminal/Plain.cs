using Sequencer.Attestation;

namespace Sequencer.Cli.Terminal;

/// <summary>
/// Makes text from outside safe to print: what a file or a server says must not drive the terminal.
/// </summary>
internal static class Plain
{
    /// <summary>
    /// The text with every control and formatting character but line ends replaced by U+FFFD.
    /// </summary>
    public static string Text(string text) => string.Join('\n', text.Split('\n').Select(Line));

    /// <summary>The same on one line: line ends too are replaced.</summary>
    public static string Line(string text) => TerminalText.Of(text, "\uFFFD");
}
