namespace Sequencer.Client;

/// <summary>One epoch as an audit sees it.</summary>
/// <param name="Name">What findings call it.</param>
/// <param name="StartSize">The log's size when it took over.</param>
/// <param name="Enclave">The enclave that its document attests; null when the document does not hold.</param>
/// <param name="Handover">The signed note by which it adopted the history; null for the first.</param>
internal sealed record AuditedEpoch(string Name, ulong StartSize, VerifiedEnclave? Enclave, string? Handover);
