using System.CommandLine;
using System.Text;
using Sequencer.Attestation;
using Sequencer.Cli.Terminal;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Cli.Policy;

/// <summary>
/// <c>sequencer policy</c>: writes what a running gateway says of whom to trust, for developers.
/// </summary>
internal static class PolicyCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var url = AddressArgument.Create();
        var chain = ChainArgument.Create();
        var folder = new Option<DirectoryInfo>("--out")
        {
            Description = "The folder for the files policy, images.json and, from a simulated enclave, "
                + "simulated-root.pem.",
            HelpName = "DIR",
            Required = true,
        };
        var replace = new Option<bool>("--force") { Description = "Replaces files that say something else." };
        var command = new Command(
            "policy", "Writes the policy and images that a gateway names, which takes them on trust.")
        {
            url, chain, folder, replace,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var connection = new GatewayConnection(
                environment, AddressArgument.Read(parsed, url), token: null);
            var id = ChainArgument.Read(parsed, chain);
            var epochs = await connection.Client.FindEpochsAsync(id, cancellation).ConfigureAwait(false)
                ?? throw CliException.Refused(
                    $"The gateway has no chain {id}: submit a first transaction, and ask again.");
            Write(environment, parsed.GetRequiredValue(folder), parsed.GetValue(replace),
                FilesOf(Read(epochs), connection.Address, environment.Time.GetUtcNow()));
            environment.Error.WriteLine(
                $"TAKEN ON TRUST from {connection.Address}: whoever answered there named these keys and "
                    + "images. Compare them with what the operator publishes before you rely on them.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static GatewayTrust Read(LogEpochs epochs)
    {
        try
        {
            return GatewayTrust.Read(epochs);
        }
        catch (Exception refused) when (refused is TlogException or AttestationException)
        {
            throw CliException.Refused(
                $"What the gateway says of itself does not hold, so no files were written. {refused.Message}",
                refused);
        }
    }

    private static IEnumerable<(string Name, string Content)> FilesOf(
        GatewayTrust trust, Uri address, DateTimeOffset now)
    {
        yield return ("policy", trust.PolicyText(
            $"Taken on trust from {address} on {now.UtcDateTime:yyyy-MM-dd}.",
            "Compare the key with what the operator publishes elsewhere before you rely on it."));
        yield return ("images.json", trust.Images.ToJson());
        if (trust.SimulatedRoot is { } root)
            yield return ("simulated-root.pem", CertificateFile.ToPem(root.Der.Span));
    }

    private static void Write(
        CliEnvironment environment, DirectoryInfo folder, bool replace,
        IEnumerable<(string Name, string Content)> files)
    {
        (FileInfo File, string Content)[] planned =
        [
            .. from file in files
               select (new FileInfo(Path.Combine(folder.ToString(), file.Name)), file.Content),
        ];
        if (!replace && planned.FirstOrDefault(plan => plan.File.Exists && !SaysTheSame(plan.File, plan.Content)).File
            is { } other)
        {
            throw CliException.Refused(
                $"{other} exists and says something else. Nothing was written: move it, or use --force.");
        }

        CreateFolder(folder);
        foreach (var (file, content) in planned)
        {
            if (!replace && file.Exists)
            {
                // What it says besides, its owner wrote.
                environment.Output.WriteLine($"kept {file}");
                continue;
            }

            OutputFile.Write(file, Encoding.UTF8.GetBytes(content), replace: true);
            environment.Output.WriteLine($"wrote {file}");
        }
    }

    /// <summary>Whether a file differs in its comments at most.</summary>
    private static bool SaysTheSame(FileInfo file, string content) =>
        Statements(InputFile.ReadText(file)).SequenceEqual(Statements(content));

    private static IEnumerable<string> Statements(string text) =>
        text.Split('\n').Where(line => !line.StartsWith('#'));

    private static void CreateFolder(DirectoryInfo folder)
    {
        try
        {
            folder.Create();
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw CliException.Refused(
                $"The folder {folder} cannot be made: {unwritable.Message}", unwritable);
        }
    }
}
