using System.CommandLine;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Instances;
using Sequencer.Iac.Output;
using Spectre.Console;

namespace Sequencer.Iac.Diagnosis;

/// <summary><c>iac doctor</c>: what is missing, and how to get it. Changes nothing.</summary>
internal static class DoctorCommand
{
    public static Command Build(CommandTree tree) => tree.Leaf(
        "doctor",
        "Check credentials, region, permissions (by dry run), instance type, quota, image, key pair and "
        + "group; say what is missing and how to get it. Changes nothing.",
        RunAsync,
        [.. InstanceCommands.LaunchSettings, Settings.SshCidr, Settings.ServicePorts],
        [SharedOptions.OpenSsh],
        "iac doctor",
        "iac doctor --region eu-west-1 --output json");

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var checks = await new Doctor(session).ExamineAsync(cancellation);
        var view = new DiagnosisView(
            checks.All(check => check.Status != CheckStatus.Failed),
            [
                .. checks.Select(check => new CheckView(
                    check.Name, check.Status.ToString().ToLowerInvariant(), check.Detail, check.NextStep)),
            ]);
        session.Report.Result(
            view, IacJson.Default.DiagnosisView, diagnosis => TableOf(diagnosis, session.Report));
        var failed = checks.Count(check => check.Status == CheckStatus.Failed);
        if (failed > 0)
            throw new IacException(ExitCode.Failed, $"{failed} of {checks.Count} checks failed.");
    }

    private static ResultTable TableOf(DiagnosisView diagnosis, Report report)
    {
        var table = report.Table("Check", "Status", "Found, and what to do");
        foreach (var check in diagnosis.Checks)
        {
            var found = check.NextStep is null ? check.Detail : $"{check.Detail} -> {check.NextStep}";
            table.Row(ShownName(check), check.Status, found);
        }

        return table;
    }

    /// <summary>The longest names are those of permissions, which their actions alone tell as well.</summary>
    private static string ShownName(CheckView check) =>
        check.Check.StartsWith(Permissions.Prefix, StringComparison.Ordinal)
            ? check.Check[Permissions.Prefix.Length..]
            : check.Check;
}
