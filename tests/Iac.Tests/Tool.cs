using Sequencer.Iac.Output;
using Sequencer.Iac.Tests.Fakes;

namespace Sequencer.Iac.Tests;

/// <summary>The whole tool in a folder of its own, with a fake AWS behind the SDK's HTTP client.</summary>
internal sealed class Tool : IDisposable
{
    public const string KeyId = "AKIAIOSFODNN7EXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    public Tool(string config = StandardConfig)
    {
        Folder = Directory.CreateTempSubdirectory("iac-test-").FullName;
        Directory.CreateDirectory(Path.Combine(Folder, "setup"));
        Directory.CreateDirectory(Path.Combine(Folder, "secrets"));
        Write("setup/config.toml", config);
        Write("secrets/operator.csv", $"Access key ID,Secret access key\n{KeyId},{Secret}\n");
        File.SetUnixFileMode(
            PathOf("secrets/operator.csv"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public const string StandardConfig = """
        [iac.aws]
        cred_file = "operator.csv"
        region = "us-east-1"
        key_name = "test-key"
        security_group = "test-group"
        instance_name = "test-instance"
        ssh_cidr = "203.0.113.7/32"
        """;

    public string Folder { get; }

    public FakeAws Aws { get; } = new();

    public JumpingTime Time { get; } = new();

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The terminal at which a person sits; null where there is none.</summary>
    public TextReader? Terminal { get; set; }

    /// <summary>
    /// Whether results go to a terminal, which is 80 columns wide unless the test run has a wider one.
    /// </summary>
    public bool OutputIsTerminal { get; set; }

    /// <summary>Ctrl-C.</summary>
    public CancellationTokenSource Interrupt { get; private set; } = new();

    /// <summary>Takes Ctrl-C back, as a new run would; dispose the old one.</summary>
    public CancellationTokenSource Again()
    {
        var old = Interrupt;
        Interrupt = new CancellationTokenSource();
        return old;
    }

    public string PathOf(string relative) => Path.Combine(Folder, relative);

    public string Read(string relative) => File.ReadAllText(PathOf(relative));

    public bool Has(string relative) => File.Exists(PathOf(relative));

    public void Write(string relative, string text) => File.WriteAllText(PathOf(relative), text);

    /// <summary>Runs a command line, which is split at blanks.</summary>
    public Task<Run> RunAsync(string commandLine) =>
        RunAsync(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>As <see cref="RunAsync(string)"/>; another exit code fails the test.</summary>
    public async Task<Run> RunAsync(string commandLine, ExitCode expected) =>
        (await RunAsync(commandLine)).ShouldEndWith(expected);

    public async Task<Run> RunAsync(string[] arguments, ExitCode expected) =>
        (await RunAsync(arguments)).ShouldEndWith(expected);

    public async Task<Run> RunAsync(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var surroundings = new Surroundings
        {
            Input = Terminal ?? TextReader.Null,
            Output = output,
            // Ctrl-C is acknowledged on the thread that it comes on, while the run ends on its own.
            Error = TextWriter.Synchronized(error),
            CanAsk = Terminal is not null,
            OutputIsTerminal = OutputIsTerminal,
            Environment = name => Environment.GetValueOrDefault(name),
            EnvironmentNames = Environment.Keys,
            Folder = Folder,
            Time = Time,
            Http = Aws.Factory(),
        };
        var code = await IacApp.RunAsync(arguments, surroundings, Interrupt.Token);
        return new Run((ExitCode)code, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        Interrupt.Dispose();
        Aws.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
