using System.CommandLine;
using System.Text.RegularExpressions;
using Sequencer.Iac.Configuration;

namespace Sequencer.Iac.CommandLine;

/// <summary>
/// The options that are not settings. A command lists those it takes; some are taken everywhere.
/// </summary>
internal static partial class SharedOptions
{
    public const string OutputTable = "table";
    public const string OutputJson = "json";

    public static readonly Option<string?> Config = new("--config")
    {
        Description = $"Configuration file. Default: {ConfigurationFile.DefaultPath}, if it exists.",
        HelpName = "file",
        Recursive = true,
    };

    public static readonly Option<string> Secrets = new("--secrets")
    {
        Description = "Folder of the access key's CSV and the private keys.",
        HelpName = "folder",
        Recursive = true,
        DefaultValueFactory = _ => SecretsFolder.DefaultPath,
    };

    public static readonly Option<string> Output = MakeOutput();

    public static readonly Option<bool> Verbose = new("--verbose", "-v")
    {
        Description = "Add what AWS wrote, request ids and causes to an error.",
        Recursive = true,
    };

    public static readonly Option<bool> Yes = new("--yes", "-y")
    {
        Description = "Do it without asking; needed where there is no terminal.",
    };

    public static readonly Option<bool> NoWait = new("--no-wait")
    {
        Description = "Return as soon as AWS has accepted, without waiting for the end state.",
    };

    public static readonly Option<int> WaitMaxS = RangedOption.Make(
        "--wait-max-s", "Longest wait for the end state, in seconds.", "seconds", least: 1, most: 7200,
        standard: 600);

    public static readonly Option<string?> InstanceId = IdOption.Make(
        "--instance-id", "The instance's id, where its name is not enough.", InstanceIdPattern(),
        "'i-' and 8 or 17 hex digits, such as i-0123456789abcdef0");

    public static readonly Option<bool> OpenSsh = new("--open-ssh-to-the-world")
    {
        Description = "Allow an ssh_cidr wider than /16 (IPv6: /32); without ssh_cidr, let everybody in.",
    };

    private static Option<string> MakeOutput()
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "Form of the result on standard output.",
            HelpName = $"{OutputTable}|{OutputJson}",
            Recursive = true,
            DefaultValueFactory = _ => OutputTable,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value is not (OutputTable or OutputJson))
                result.AddError($"{option.Name} must be {OutputTable} or {OutputJson}.");
        });
        return option;
    }

    [GeneratedRegex(@"^i-([0-9a-f]{8}|[0-9a-f]{17})\z")]
    private static partial Regex InstanceIdPattern();
}
