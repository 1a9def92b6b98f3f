namespace Sequencer.Witness;

/// <summary>
/// The state cannot be opened, read or written. The message says why and what to do. After a failed write
/// nobody knows which of two versions lasts: what the file says is read before anything is answered.
/// </summary>
internal sealed class StateException(string message, Exception? inner = null) : Exception(message, inner);
