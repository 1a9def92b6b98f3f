namespace Sequencer.Attestation;

/// <summary>What a module says of itself.</summary>
/// <param name="MaxPcrs">Number of PCRs; 32.</param>
/// <param name="LockedPcrs">Indices of the PCRs that cannot change any more.</param>
/// <param name="Digest">Hash of the PCRs: SHA384.</param>
public sealed record NsmDescription(
    int VersionMajor,
    int VersionMinor,
    int VersionPatch,
    string ModuleId,
    int MaxPcrs,
    IReadOnlyList<int> LockedPcrs,
    string Digest);
