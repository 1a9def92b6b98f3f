using System.Reflection;
using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>
/// What <c>make witness</c> runs first: a configuration with a key and an empty state, which cosigns the
/// chains of a development gateway if there is one. Everything is made only where it is missing; the state
/// only together with the configuration: once there is one, a missing state is a lost one and never made
/// anew.
/// </summary>
internal sealed class DevelopmentSetup
{
    private const string Secrets = "secrets";
    private const string KeyPath = Secrets + "/witness.key";
    private const string ImagesPath = "setup/witness-images.json";
    private const string StatePath = "witness-state";
    private const string ShowKey = "sequencer-witness key";

    private readonly CommandLine _command;
    private readonly TextWriter _output;

    private DevelopmentSetup(CommandLine command, TextWriter output) =>
        (_command, _output) = (command, output);

    /// <summary>Makes what is missing and says so; the exit code of the program.</summary>
    /// <exception cref="SettingsException">When something is missing or in the way.</exception>
    public static async Task<int> MakeAsync(CommandLine command, TextWriter output)
    {
        try
        {
            await new DevelopmentSetup(command, output).MakeAllAsync();
            return ExitCodes.Stopped;
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or StateException or TlogException)
        {
            throw new SettingsException(failure.Message);
        }
    }

    private async Task MakeAllAsync()
    {
        SecretFile.CloseFolder(Secrets);
        MakeFile(KeyPath, "the witness's key (Ed25519)", () =>
        {
            using var key = PrivateKeyText.Generate(_command.KeyName);
            return key.Export() + "\n";
        });
        MakeFile(ImagesPath, "the image of simulated enclaves", () => Resource("simulated-image.json"));
        if (File.Exists(_command.ConfigFile))
        {
            Say("kept", _command.ConfigFile, "the configuration");
            return;
        }

        var logKeyPath = Path.Combine(_command.GatewayFolder ?? "", Secrets, "log.key");
        var hasGateway = File.Exists(logKeyPath);
        if (!hasGateway && _command.GatewayFolder is not null)
        {
            throw new SettingsException(
                $"{logKeyPath} does not exist: there is no development gateway in that folder. "
                + "Run `make config` there first, or leave --gateway away.");
        }

        await MakeStateAsync();
        MakeFile(
            _command.ConfigFile, "the configuration", () => Configuration(hasGateway ? logKeyPath : null));
        _output.WriteLine(hasGateway
            ? $"\nNext: make witness starts it; {ShowKey} prints its line for policies."
            : $"\nNext: put the log that is to be cosigned into [logs] of {_command.ConfigFile}; {ShowKey} "
                + "prints what its operator needs.");
    }

    /// <summary>The sample; with a development gateway, filled in for its chains.</summary>
    private string Configuration(string? logKeyPath)
    {
        var sample = Resource("witness.sample.toml");
        if (logKeyPath is null)
            return sample;
        using var logKey = PrivateKeyText.Parse(File.ReadAllText(logKeyPath));
        var root = Path.Combine(_command.GatewayFolder ?? "", Secrets, "simulated-root.pem");
        return sample
            .Replace("\nvkey = \"\"", $"\nvkey = \"{logKey.VerifierKey}\"", StringComparison.Ordinal)
            .Replace("\"secrets/simulated-root.pem\"", $"\"{root}\"", StringComparison.Ordinal);
    }

    private async Task MakeStateAsync()
    {
        if (Directory.Exists(StatePath) && Directory.EnumerateFileSystemEntries(StatePath).Any())
        {
            throw new SettingsException(
                $"{StatePath} already holds a witness's state, and {_command.ConfigFile} is missing: restore "
                + $"that file, or move {StatePath} and {KeyPath} away for a new witness.");
        }

        using var key = WitnessKey.Parse(File.ReadAllText(KeyPath));
        using var files = StateFolder.Take(StatePath, make: true);
        await using (StateStore.Open(files, key, initialise: true))
        {
        }

        Say("made", StatePath, "an empty state");
    }

    private void MakeFile(string path, string what, Func<string> text)
    {
        var isThere = File.Exists(path);
        if (!isThere)
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            SecretFile.Write(path, text());
        }

        Say(isThere ? "kept" : "made", path, what);
    }

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private void Say(string done, string path, string what) =>
        _output.WriteLine($"{done}  {path,-28} {what}");
}
