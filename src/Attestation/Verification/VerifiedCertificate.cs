namespace Sequencer.Attestation;

/// <summary>A certificate of a verified chain.</summary>
public sealed record VerifiedCertificate(string Subject, DateTimeOffset NotBefore, DateTimeOffset NotAfter);
