using System.Globalization;
using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>Puts a finished <see cref="ReceiptRun"/> into lines.</summary>
internal static class ReceiptReporter
{
    private const string Unreached = "A check it builds on failed.";

    public static VerificationReport Report(ReceiptRun run, TlogPolicy policy, EnclaveVerifier enclaves)
    {
        var attestation = run.Document is { } document ? enclaves.Check(document) : null;
        VerificationCheck[] checks =
        [
            Line(run, VerificationStep.Form, "receipt", run.Proof is { } proof
                ? $"index {proof.Index} in {run.Checkpoint!.Origin} at size {run.Checkpoint.Size}"
                : null),
            Line(run, VerificationStep.LeafHash, "leaf hash", run.LeafHash is { } leaf
                ? $"{leaf}, of {run.TransactionBytes} bytes"
                : null),
            Line(run, VerificationStep.Inclusion, "inclusion",
                run.Proof is not null && run.LeafHash is not null
                ? $"the transaction is at index {run.Proof.Index} under the root {run.Checkpoint!.Root}"
                : null),
            Line(run, VerificationStep.LogSignature, "log signature",
                run.LogKey is { } key ? Named(key) : null),
            .. Attestation(run, attestation),
            Line(run, VerificationStep.Binding, "attested key and name", run.Enclave is { } enclave
                ? $"{Named(enclave.Key)}, protocol {enclave.ProtocolVersion}"
                : null),
            Line(run, VerificationStep.EnclaveCosignature, "enclave cosignature", run.CosignedAt is { } time
                ? $"by {run.Enclave!.Key.Name} at {Instant(time)}"
                : null),
            Witnesses(run, policy),
        ];
        return new(checks, run.Failures.Count == 0 ? run.Verified() : null,
            attestation?.Document is { } parsed && EnclaveVerifier.ClaimsSimulation(parsed));
    }

    private static IEnumerable<VerificationCheck> Attestation(ReceiptRun run, AttestationReport? report)
    {
        if (report is null)
            return [Line(run, VerificationStep.Attestation, "attestation document", null)];
        return from rule in report.Checks
               where rule.Outcome != CheckOutcome.NotAsked
               let name = $"attestation: {Lower(rule.Rule)}"
               select new VerificationCheck(VerificationStep.Attestation, name, rule.Outcome, rule.Detail);
    }

    private static VerificationCheck Witnesses(ReceiptRun run, TlogPolicy policy)
    {
        if (!policy.HasWitnesses)
        {
            return new(VerificationStep.Witnesses, "witnesses", CheckOutcome.NotAsked,
                "the policy demands none");
        }

        return Line(run, VerificationStep.Witnesses, "witnesses", run.Quorum?.Reason);
    }

    /// <param name="found">What was found when the check passed; null when it could not be reached.</param>
    private static VerificationCheck Line(ReceiptRun run, VerificationStep step, string rule, string? found)
    {
        var failure = run.Failures.FirstOrDefault(failure => failure.Step == step);
        return failure is not null ? new(step, rule, CheckOutcome.Failed, failure.Message)
            : found is not null ? new(step, rule, CheckOutcome.Passed, found)
            : new(step, rule, CheckOutcome.NotReached, Unreached);
    }

    private static string Named(VerifierKey key) =>
        string.Create(CultureInfo.InvariantCulture, $"by {key.Name}, key {key.KeyId:x8}");

    private static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Lower(string sentence) =>
        sentence.Length > 1 && char.IsLower(sentence[1])
            ? char.ToLowerInvariant(sentence[0]) + sentence[1..]
            : sentence;
}
