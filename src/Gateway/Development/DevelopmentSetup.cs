using System.Reflection;
using System.Security.Cryptography;
using Sequencer.Core;
using Sequencer.Simulation;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// What <c>make config</c> runs: a working development configuration with its keys and an empty ledger.
/// Everything is made only where it is missing. The configuration comes last, and the ledger only together
/// with it: once there is a configuration, a missing ledger is a lost one and never made anew.
/// </summary>
internal sealed class DevelopmentSetup
{
    private const string Secrets = "secrets";
    private const string Ledger = "data";
    private const string LogPrefix = "127.0.0.1:5000/log";
    private const string EmptyLedgerId = "id = \"\"";

    private readonly string _configFile;
    private readonly TextWriter _output;

    private DevelopmentSetup(string configFile, TextWriter output) =>
        (_configFile, _output) = (configFile, output);

    /// <summary>Makes what is missing and says so; the exit code of the program.</summary>
    /// <exception cref="SettingsException">When something is in the way.</exception>
    public static async Task<int> MakeAsync(string configFile, TextWriter output)
    {
        try
        {
            await new DevelopmentSetup(configFile, output).MakeAllAsync();
            return 0;
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or LedgerException)
        {
            throw new SettingsException(failure.Message);
        }
    }

    private async Task MakeAllAsync()
    {
        SecretFile.CloseFolder(Secrets);
        MakeTokenKeys();
        MakeFile("log.key", "the operator's log key (Ed25519)", path =>
        {
            using var key = PrivateKeyText.Generate(LogPrefix);
            SecretFile.Write(path, key.Export() + "\n");
        });
        MakeRoot();
        await MakeConfigurationAsync();
        SayWhatNext();
    }

    private void MakeTokenKeys()
    {
        var privatePath = Path.Combine(Secrets, "jwt.key");
        var publicPath = Path.Combine(Secrets, "jwt.pub");
        if (File.Exists(publicPath) && !File.Exists(privatePath))
        {
            Say("kept", publicPath, "tokens are made elsewhere: there is no jwt.key beside it");
            return;
        }

        MakeFile("jwt.key", "the key that signs tokens (ES256)", path =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            SecretFile.Write(path, key.ExportPkcs8PrivateKeyPem() + "\n");
        });
        MakeFile("jwt.pub", "its public half, which the gateway checks tokens with", path =>
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(privatePath));
            SecretFile.Write(path, key.ExportSubjectPublicKeyInfoPem() + "\n");
        });
    }

    private void MakeRoot()
    {
        var certificate = Path.Combine(Secrets, "simulated-root.pem");
        var key = Path.Combine(Secrets, "simulated-root.key");
        var isThere = File.Exists(certificate) || File.Exists(key);
        if (!isThere)
        {
            using var root = SimulatedRoot.Create(TimeProvider.System);
            root.Save(certificate, key);
        }

        Say(isThere ? "kept" : "made", certificate,
            "the root of simulated attestation, and its key beside it");
    }

    private void MakeFile(string name, string what, Action<string> make)
    {
        var path = Path.Combine(Secrets, name);
        var isThere = File.Exists(path);
        if (!isThere)
            make(path);
        Say(isThere ? "kept" : "made", path, what);
    }

    private async Task MakeConfigurationAsync()
    {
        if (File.Exists(_configFile))
        {
            Say("kept", _configFile, "the configuration");
            return;
        }

        var ledgerId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await MakeLedgerAsync(ledgerId);
        if (Path.GetDirectoryName(_configFile) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        SecretFile.Write(
            _configFile, Sample().Replace(EmptyLedgerId, $"id = \"{ledgerId}\"", StringComparison.Ordinal));
        Say("made", _configFile, "the configuration, with the id of the ledger");
    }

    private async Task MakeLedgerAsync(string ledgerId)
    {
        if (Directory.Exists(Ledger) && Directory.EnumerateFileSystemEntries(Ledger).Any())
            throw new SettingsException(
                $"{Ledger} already holds a ledger, and {_configFile}, which would name its id, is missing: "
                + $"restore that file, or move {Ledger} away for a new log.");
        SecretFile.CloseFolder(Ledger);
        var source = new RocksLedgerSource(Ledger, ledgerId, initialise: true);
        await using (await source.OpenAsync(CancellationToken.None))
        {
        }

        Say("made", Ledger, "an empty ledger");
    }

    private static string Sample()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("sample.toml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private void Say(string done, string path, string what) =>
        _output.WriteLine($"{done}  {path,-28} {what}");

    private void SayWhatNext() => _output.WriteLine("""

        Next:
          make run                                 # the gateway on http://127.0.0.1:5000; leave it running
          TOKEN=$(make -s token CHAIN=demo)        # in another terminal: a token for the chain demo
          curl -s http://127.0.0.1:5000/sequence -H "Authorization: Bearer $TOKEN" \
               -H 'Content-Type: application/json' -d '{"data": "hello"}'
        Every setting is explained in setup/sample.toml; http://127.0.0.1:5000/swagger shows every call.
        """);
}
