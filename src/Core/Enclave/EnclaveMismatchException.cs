namespace Sequencer.Core;

/// <summary>The enclave is not the one that the configuration means.</summary>
public sealed class EnclaveMismatchException(string message) : Exception(message);
