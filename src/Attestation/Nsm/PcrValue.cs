namespace Sequencer.Attestation;

/// <summary>A PCR's value (48 bytes) and whether it is frozen.</summary>
public sealed record PcrValue(bool IsLocked, ReadOnlyMemory<byte> Data);
