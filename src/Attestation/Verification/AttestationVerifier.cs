namespace Sequencer.Attestation;

/// <summary>
/// Verifies Nitro attestation documents: form, chain to the pinned root, signature, then the policy. A
/// document of a debug enclave is always refused. Verification uses no network, no file and no certificate
/// store of the machine.
/// </summary>
public static class AttestationVerifier
{
    /// <summary>The rule, among those of <see cref="Check"/>, that compares the image.</summary>
    public const string ImageRule = "The image is an accepted one";

    /// <summary>Verifies a document or says which rule it breaks first.</summary>
    /// <exception cref="AttestationException">The first rule that failed.</exception>
    /// <exception cref="ArgumentException">
    /// The policy has a greatest age but the time is the document's.
    /// </exception>
    public static VerifiedAttestation Verify(
        ReadOnlyMemory<byte> document, AttestationPolicy policy, VerificationTime time)
    {
        using var run = new VerificationRun(document, policy, time);
        var report = run.Execute();
        return report.Verified ?? throw run.FirstFailure!;
    }

    /// <summary>Evaluates every rule it can, also after one failed, for a person to read.</summary>
    /// <exception cref="ArgumentException">
    /// The policy has a greatest age but the time is the document's.
    /// </exception>
    public static AttestationReport Check(
        ReadOnlyMemory<byte> document, AttestationPolicy policy, VerificationTime time)
    {
        using var run = new VerificationRun(document, policy, time);
        return run.Execute();
    }
}
