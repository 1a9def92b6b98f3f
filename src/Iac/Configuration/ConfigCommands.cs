using System.CommandLine;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Output;
using Spectre.Console;

namespace Sequencer.Iac.Configuration;

/// <summary><c>iac config show | sample</c>. Neither asks AWS anything.</summary>
internal static class ConfigCommands
{
    public static Command Build(CommandTree tree) => tree.Group(
        "config",
        "The configuration: what is in force, and a sample to start from.",
        [
            tree.Leaf(
                "show",
                "Print every value in force and where it came from; access keys are masked.",
                ShowAsync,
                [.. Settings.All.Except(CommandTree.Everywhere)],
                [],
                "iac config show",
                "SEQUENCER_IAC_REGION=eu-west-1 iac config show --output json"),
            tree.Leaf(
                "sample",
                "Print the section [iac.aws] with every key explained.",
                SampleAsync,
                [],
                [],
                "iac config sample > my.toml && iac config show --config my.toml"),
        ],
        "iac config show",
        "iac config sample");

    private static Task ShowAsync(Session session, CancellationToken cancellation)
    {
        var view = new ConfigView
        {
            File = session.Settings.FilePath,
            SecretsFolder = session.Secrets.ShownFolder,
            Values =
            [
                .. session.Settings.All.Select(resolved => new ConfigValueView(
                    resolved.Setting.Key, resolved.Value, resolved.Source.ToString().ToLowerInvariant(),
                    resolved.Origin)),
            ],
            Credentials = CredentialsShown(session),
        };
        session.Report.Result(view, IacJson.Default.ConfigView, shown => TableOf(shown, session.Report));
        return Task.CompletedTask;
    }

    private static Task SampleAsync(Session session, CancellationToken cancellation)
    {
        session.Report.Text(SampleText.Section());
        return Task.CompletedTask;
    }

    private static string CredentialsShown(Session session)
    {
        if (session.Settings.Find(Settings.CredFile) is not { } file)
            return "AWS default chain (environment, profile, SSO, instance role)";
        var shown = session.Secrets.Shown(file);
        try
        {
            return $"{CredentialFile.Read(session.Secrets.PathOf(file), shown).Masked} from {shown}";
        }
        catch (IacException e)
        {
            // One value that is wrong hides none of the others.
            return e.Message;
        }
    }

    private static Rows TableOf(ConfigView view, Report report)
    {
        var table = report.Table("Key", "Value", "From");
        foreach (var value in view.Values)
            table.Row(value.Key, value.Value, value.Origin);
        return new Rows(
            table,
            Report.Facts(
                ("Configuration file", view.File ?? $"none ({ConfigurationFile.DefaultPath} does not exist)"),
                ("Secrets folder", view.SecretsFolder),
                ("Credentials", view.Credentials)));
    }
}
