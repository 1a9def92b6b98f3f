using System.CommandLine;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Evidence;

/// <summary><c>sequencer verify-evidence</c>: verifies, offline, that a log contradicted itself.</summary>
internal static class VerifyEvidenceCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The evidence that a monitor wrote." };
        var trust = new TrustOptions(required: false);
        var command = new Command(
            "verify-evidence", "Verifies evidence that a log contradicted itself, offline.")
        {
            file, trust.Policy, trust.Images, trust.SimulatedRoot,
        };
        command.SetAction(parsed =>
        {
            var verifier = new EvidenceVerifier(trust.ReadPolicy(parsed), trust.ReadEnclaves(parsed));
            var report = verifier.Check(InputFile.ReadText(
                parsed.GetRequiredValue(file), ContradictionEvidence.MaxJsonChars));
            EvidencePrinter.Print(environment.Output, report, parsed.GetValue(trust.Images) is not null);
            return report.IsProven ? ExitCodes.Done : ExitCodes.Refused;
        });
        return command;
    }
}
