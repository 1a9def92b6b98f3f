namespace Sequencer.EnclaveHost;

/// <summary>The command line is not one that this program knows; exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
