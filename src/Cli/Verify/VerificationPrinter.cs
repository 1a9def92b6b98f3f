using Sequencer.Attestation;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Verify;

/// <summary>
/// Prints a receipt's verification: every check on its own line, then what was established.
/// </summary>
internal static class VerificationPrinter
{
    public static void Print(TextWriter output, VerificationReport report, bool simulationPermitted)
    {
        CheckLine.WriteAll(output, report.Checks.Select(check => (check.Outcome, check.Rule, check.Detail)));
        output.WriteLine();
        if (report.Verified is { } verified)
            PrintGuarantee(output, verified);
        else
            PrintFailure(output, report, simulationPermitted);
    }

    private static void PrintFailure(TextWriter output, VerificationReport report, bool simulationPermitted)
    {
        var failed = report.Checks.Count(check => check.Outcome == CheckOutcome.Failed);
        var checks = failed == 1 ? "check" : "checks";
        output.WriteLine($"NOT VALID: {failed} {checks} failed. This receipt proves nothing.");
        if (report.DocumentIsSimulated && !simulationPermitted)
        {
            output.WriteLine(
                "The attestation document is simulated: no Nitro enclave stands behind it. To permit that "
                    + "all the same, give the simulated root's certificate with --simulated-root FILE.");
        }
    }

    public static void PrintGuarantee(TextWriter output, VerifiedReceipt verified)
    {
        var place = $"index {verified.Index} of {Plain.Line(verified.Origin)} names these bytes";
        switch (verified.Guarantee)
        {
            case Guarantee.SimulatedOnly:
                output.WriteLine(
                    "VALID, BUT SIMULATED: every check holds, and nothing is guaranteed by that beyond the "
                        + "root given with --simulated-root: whoever has its key can make any receipt.");
                break;
            case Guarantee.WithinEpoch:
                output.WriteLine(
                    $"VALID within the epoch: {place}, for ever, in the history of this boot of the enclave, "
                        + "whatever the operator does. This rests on AWS Nitro and the image with PCR0 "
                        + $"{verified.Enclave.Attestation.Image}.");
                output.WriteLine(verified.Witnesses.Count == 0
                    ? "Not established across epochs: the policy demands no witnesses. A second history by "
                        + "another boot would be proven by whoever sees both; it was not prevented."
                    : "Not established across epochs: the policy's quorum can be reached twice without a "
                        + "common witness, so that a second history may be witnessed too.");
                break;
            case Guarantee.AcrossEpochs:
                var witnesses = string.Join(", ", verified.Witnesses);
                output.WriteLine(
                    $"VALID across epochs: {place}, for ever. The witnesses {witnesses} saw this one "
                        + "history, and any quorum shares a witness with them.");
                break;
            default:
                throw new InvalidOperationException($"No words for {verified.Guarantee}.");
        }
    }
}
