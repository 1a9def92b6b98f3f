using System.Diagnostics;
using System.Text;

namespace Sequencer.Iac.LiveTests;

/// <summary>A folder in which the real program is run as a process, with names of its own in AWS.</summary>
internal sealed class Workspace : IDisposable
{
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(15);
    private static int _made;

    private readonly Aws _aws;

    public Workspace(Aws aws)
    {
        _aws = aws;
        Prefix = $"{RunPrefix}-{Interlocked.Increment(ref _made)}";
        Folder = Directory.CreateTempSubdirectory("iac-live-").FullName;
        Directory.CreateDirectory(PathOf("setup"));
        Directory.CreateDirectory(PathOf("secrets"));
        if (LiveTarget.IsAws)
            PrepareForAws();
        else
            PrepareForEmulator();
    }

    /// <summary>Begins every name of this run, whichever test uses it.</summary>
    public static string RunPrefix { get; } = $"live-{Environment.ProcessId}";

    /// <summary>Begins every name that this workspace uses.</summary>
    public string Prefix { get; }

    public string Folder { get; }

    public string KeyName => $"{Prefix}-key";

    public string GroupName => $"{Prefix}-group";

    public string InstanceName => $"{Prefix}-instance";

    /// <summary>Further environment variables of the process.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string PathOf(string relative) => Path.Combine(Folder, relative);

    public bool Has(string relative) => File.Exists(PathOf(relative));

    public Task<Outcome> RunAsync(string commandLine) =>
        RunAsync(
            commandLine, StartInfo(Program, commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>As <see cref="RunAsync(string)"/>; another exit code fails the test.</summary>
    public async Task<Outcome> RunAsync(string commandLine, int expected) =>
        (await RunAsync(commandLine)).ShouldEndWith(expected);

    public async Task<Outcome> BashAsync(string script, int expected) =>
        (await BashAsync(script)).ShouldEndWith(expected);

    /// <summary>Runs a script of bash in which "iac" is the program.</summary>
    public Task<Outcome> BashAsync(string script) =>
        RunAsync(script, StartInfo("bash", ["-euc", $"iac() {{ '{Program}' \"$@\"; }}\n{script}"]));

    /// <summary>Starts the program without waiting for it.</summary>
    public Process Start(string commandLine) =>
        Process.Start(StartInfo(Program, commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries)))!;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public static string Program => Path.Combine(AppContext.BaseDirectory, "iac");

    private static async Task<Outcome> RunAsync(string commandLine, ProcessStartInfo info)
    {
        using var process = Process.Start(info)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(RunMax);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new Outcome(commandLine, process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{commandLine}' did not end within {RunMax}.");
        }
    }

    private ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (!LiveTarget.IsAws)
        {
            // No credentials but those of the test, and no question to a metadata service that is not there.
            info.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
            info.Environment["AWS_SHARED_CREDENTIALS_FILE"] = PathOf("no-credentials");
            info.Environment["AWS_CONFIG_FILE"] = PathOf("no-config");
        }

        foreach (var (name, value) in Variables)
            info.Environment[name] = value;
        return info;
    }

    private void PrepareForEmulator()
    {
        File.WriteAllText(PathOf("setup/config.toml"), $"""
            [iac.aws]
            cred_file = "operator.csv"
            region = "{Aws.Region}"
            key_name = "{KeyName}"
            security_group = "{GroupName}"
            instance_name = "{InstanceName}"
            ssh_cidr = "203.0.113.7/32"
            instance_kind = "standard"
            endpoint_url = "{_aws.Endpoint}"
            """);
        File.WriteAllText(
            PathOf("secrets/operator.csv"),
            $"\uFEFFAccess key ID,Secret access key\r\n{Aws.KeyId},{Aws.Secret}\r\n");
        File.SetUnixFileMode(PathOf("secrets/operator.csv"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>The repository's own configuration, with names of ours from the environment.</summary>
    private void PrepareForAws()
    {
        File.Copy(Path.Combine(LiveTarget.Repository, "setup", "config.toml"), PathOf("setup/config.toml"));
        foreach (var csv in Directory.GetFiles(Path.Combine(LiveTarget.Repository, "secrets"), "*.csv"))
            File.Copy(csv, PathOf($"secrets/{Path.GetFileName(csv)}"));
        Variables["SEQUENCER_IAC_KEY_NAME"] = KeyName;
        Variables["SEQUENCER_IAC_SECURITY_GROUP"] = GroupName;
        Variables["SEQUENCER_IAC_INSTANCE_NAME"] = InstanceName;
        Variables["SEQUENCER_IAC_INSTANCE_KIND"] = "standard";
    }
}
