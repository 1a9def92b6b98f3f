namespace Sequencer.Client;

/// <summary>Evidence that was written.</summary>
/// <param name="Size">Size of the checkpoint that the log contradicted.</param>
/// <param name="Kind">How it did.</param>
/// <param name="File">The file's path, as it was given.</param>
internal sealed record FoundEvidence(ulong Size, ContradictionKind Kind, string File);
