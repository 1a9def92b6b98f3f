namespace Sequencer.Client;

/// <summary>
/// A state file that cannot be used: damaged, of another log, or in use. The message is a sentence for a
/// person, and says what to do.
/// </summary>
public sealed class MonitorStateException(string message, Exception? inner = null)
    : Exception(message, inner);
