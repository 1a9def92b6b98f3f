namespace Sequencer.Gateway;

/// <summary>Under which names and with which key the operator signs the logs.</summary>
/// <param name="LogPrefix">What the origin of every chain begins with.</param>
/// <param name="PublicKey">The operator's Ed25519 public key, 32 bytes; its name in a log is the log's
/// origin.</param>
internal sealed record LogIdentity(string LogPrefix, ReadOnlyMemory<byte> PublicKey);
