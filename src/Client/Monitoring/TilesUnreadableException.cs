namespace Sequencer.Client;

/// <summary>
/// A tile that is missing or malformed, so that nothing can be said of the history. That a log withholds its
/// tiles is no proof of anything.
/// </summary>
internal sealed class TilesUnreadableException(string message) : Exception(message);
