namespace Sequencer.Core;

/// <summary>A newer gateway holds the enclave's write role: this one must stop and not come back by itself.</summary>
public sealed class EnclaveFencedException(string message, Exception? inner = null) : Exception(message, inner);
