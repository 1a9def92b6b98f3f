using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Evidence;

/// <summary>Prints evidence: every check on its own line, then who is proven to have done what.</summary>
internal static class EvidencePrinter
{
    public static void Print(TextWriter output, EvidenceReport report, bool imagesArePinned)
    {
        CheckLine.WriteAll(output, report.Checks.Select(check => (check.Outcome, check.Rule, check.Detail)));
        output.WriteLine();
        if (!report.IsProven)
        {
            output.WriteLine(
                "NOT PROVEN: this file shows no contradiction, or was changed. It proves nothing.");
            return;
        }

        output.WriteLine($"PROVEN: the log {Plain.Line(report.Evidence!.Origin)} contradicted itself"
            + (report.Evidence.Kind == ContradictionKind.TimeReversed
                ? ": it went back to a smaller size."
                : ": no append-only list has both roots."));
        foreach (var line in Consequences(report, imagesArePinned))
            output.WriteLine($"- {Plain.Line(line)}");
    }

    private static IEnumerable<string> Consequences(EvidenceReport report, bool imagesArePinned)
    {
        yield return $"The log's key {report.Evidence!.LogKey.KeyId:x8} signed both checkpoints.";
        if (!report.KeyFromPolicy)
        {
            yield return "That key was taken from the evidence. Give --policy FILE to know that it is the "
                + "log's.";
        }

        yield return Enclaves(report);
        if (report.OlderEnclave is not null || report.NewerEnclave is not null)
        {
            if (!imagesArePinned)
            {
                yield return "Any image was accepted that is not in debug mode. Give --images FILE to name "
                    + "them.";
            }

            if (IsSimulated(report.OlderEnclave) || IsSimulated(report.NewerEnclave))
            {
                yield return "SIMULATED: of the enclaves nothing is proven beyond the root given with "
                    + "--simulated-root.";
            }
        }

        if (report.WitnessesOfBoth.Count > 0)
        {
            var names = string.Join(", ", report.WitnessesOfBoth);
            yield return $"The witnesses {names} cosigned both: they failed.";
        }

        yield return "Which of the two came first, or is the true one, is not proven.";
    }

    private static string Enclaves(EvidenceReport report) => (report.OlderEnclave, report.NewerEnclave) switch
    {
        ({ } older, { } newer) when older.Key.Equals(newer.Key) =>
            $"One boot of an accepted enclave, key {older.Key.KeyId:x8}, cosigned both: image or hardware "
                + "broke their promise.",
        ({ } older, { } newer) =>
            $"Two boots of accepted enclaves, keys {older.Key.KeyId:x8} and {newer.Key.KeyId:x8}, cosigned "
                + "one each: one was started beside the other's history.",
        (null, null) => "Of enclaves nothing is proven.",
        _ => "An accepted enclave cosigned one of the two; of the other's nothing is proven.",
    };

    private static bool IsSimulated(VerifiedEnclave? enclave) => enclave is { Attestation.IsSimulated: true };
}
