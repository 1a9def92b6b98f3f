using Sequencer.Cli.Terminal;
using Sequencer.Client;
using Spectre.Console;

namespace Sequencer.Cli.Audit;

/// <summary>
/// Shows an audit's progress where somebody may be watching: on a terminal, and nowhere else.
/// </summary>
internal static class AuditProgressBar
{
    public static Task<T> RunAsync<T>(
        CliEnvironment environment, Func<IProgress<AuditProgress>?, Task<T>> audit)
    {
        if (!environment.ErrorIsTerminal)
            return audit(null);
        var console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(environment.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("entries", maxValue: 1);
                return await audit(new Bar(task)).ConfigureAwait(false);
            });
    }

    private sealed class Bar(ProgressTask task) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value)
        {
            task.MaxValue = value.Total;
            task.Value = value.Checked;
        }
    }
}
