namespace Sequencer.Cli.Terminal;

/// <summary>Standard output takes no more: a reader that is gone, a disk that is full.</summary>
/// <param name="reason">Why, in the system's words.</param>
internal sealed class OutputException(string reason)
    : IOException($"Standard output takes no more: {reason}. What was printed until then is whole.");
