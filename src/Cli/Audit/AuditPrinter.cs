using System.Globalization;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Audit;

/// <summary>
/// Prints an audit: every part on its own line, what is wrong below it, then what it comes to.
/// </summary>
internal static class AuditPrinter
{
    public static void Print(
        TextWriter output, AuditReport report, bool imagesArePinned, FileInfo? simulatedRoot)
    {
        foreach (var check in report.Checks)
        {
            CheckLine.Write(output, check.Outcome, Name(check.Rule), check.Detail);
            foreach (var finding in report.Findings.Where(finding => finding.Rule == check.Rule))
                output.WriteLine($"      {Plain.Line(finding.Where)}: {Plain.Line(finding.What)}");
        }

        output.WriteLine();
        if (report.FindingsCount > report.Findings.Count)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{report.FindingsCount - report.Findings.Count} more findings are not shown."));
        }

        PrintVerdict(output, report, imagesArePinned, simulatedRoot);
    }

    private static void PrintVerdict(
        TextWriter output, AuditReport report, bool imagesArePinned, FileInfo? simulatedRoot)
    {
        if (!report.IsSound)
        {
            var things = report.FindingsCount == 1 ? "thing is" : "things are";
            output.WriteLine($"NOT SOUND: {report.FindingsCount} {things} wrong.");
            if (report.IsSimulated && simulatedRoot is null)
            {
                output.WriteLine("The attestation documents are simulated: no Nitro enclave stands behind "
                    + "this log. To permit that all the same, give the simulated root's certificate with "
                    + "--simulated-root FILE.");
            }

            return;
        }

        var origin = Plain.Line(report.Origin);
        var size = report.Checkpoint!.Size;
        output.WriteLine($"SOUND: {size} entries of {origin}, one history from the first.");
        foreach (var limit in Limits(report, imagesArePinned))
            output.WriteLine($"- {limit}");
    }

    private static IEnumerable<string> Limits(AuditReport report, bool imagesArePinned)
    {
        if (report.IsSimulated)
            yield return "SIMULATED: nothing is guaranteed beyond the root given with --simulated-root.";
        if (!report.EntriesRehashed)
            yield return "Leaf hashes only: without a token no entry was read. Give --token-file to do so, or "
                + "--rehash where entries are public.";
        if (!report.KeyFromPolicy)
            yield return "The log's key was taken from the gateway on trust. Give --policy FILE to name it.";
        if (!imagesArePinned)
            yield return "Any image was accepted that is not in debug mode. Give --images FILE to name them.";
    }

    private static string Name(AuditRule rule) => rule switch
    {
        AuditRule.LogSignature => "log signature",
        AuditRule.EnclaveCosignature => "enclave cosignature",
        AuditRule.Witnesses => "witnesses",
        AuditRule.Tiles => "tiles",
        AuditRule.Entries => "entries",
        AuditRule.Root => "root",
        AuditRule.Epochs => "epochs",
        AuditRule.Handovers => "handovers",
        AuditRule.OlderCheckpoint => "older checkpoint",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "No name for this part."),
    };
}
