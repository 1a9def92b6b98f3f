using System.Text;

namespace Sequencer.Cli.Tests.Fixtures;

/// <summary>One command line, run in this process, with what it printed.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public static Task<CliRun> OfAsync(params string[] args) => OfAsync(new Surroundings(), args);

    public static Task<CliRun> OfAsync(Surroundings surroundings, params string[] args) =>
        OfAsync(surroundings, CancellationToken.None, args);

    public static async Task<CliRun> OfAsync(
        Surroundings surroundings, CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await SequencerCli.RunAsync(args, new()
        {
            Output = surroundings.Output ?? output,
            Error = error,
            ErrorIsTerminal = surroundings.ErrorIsTerminal,
            OpenInput = () => surroundings.InputStream ?? new MemoryStream(Encoding.UTF8.GetBytes(surroundings.Input)),
            Variable = name => surroundings.Variables.GetValueOrDefault(name),
            Time = surroundings.Time,
            CreateHandler = () => surroundings.Gateway
                ?? throw new InvalidOperationException("This command must not use the network."),
        }, cancellation);
        return new(exitCode, output.ToString(), error.ToString());
    }
}
