namespace Sequencer.Client;

/// <summary>A checkpoint as the log serves it, not verified yet.</summary>
/// <param name="Note">The signed note, verbatim.</param>
/// <param name="Parsed">What was read from it.</param>
/// <param name="IsDefault">
/// Whether it is served at <c>checkpoint</c>, where the quorum is demanded, and not only as the newest.
/// </param>
internal sealed record ServedCheckpoint(string Note, ParsedCheckpoint Parsed, bool IsDefault);
