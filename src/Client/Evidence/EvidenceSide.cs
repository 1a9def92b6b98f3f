namespace Sequencer.Client;

/// <summary>One of two checkpoints that contradict each other.</summary>
/// <param name="Checkpoint">The signed note, verbatim.</param>
/// <param name="AttestationDocument">
/// The document of the enclave that cosigned it, COSE_Sign1 bytes; null when none was known.
/// </param>
public sealed record EvidenceSide(string Checkpoint, ReadOnlyMemory<byte>? AttestationDocument);
