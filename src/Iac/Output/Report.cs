using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sequencer.Iac.Output;

/// <summary>
/// What a run says. The result goes to standard output, as a table for people or as JSON for scripts;
/// everything else (progress, notes, warnings, errors) goes to standard error.
/// </summary>
internal sealed class Report
{
    /// <summary>Wide enough that a table in a pipe or file never wraps: no group has that many rules.</summary>
    public const int PipeWidth = 1_000_000;

    private readonly Surroundings _surroundings;
    private readonly IAnsiConsole _error;

    public Report(Surroundings surroundings, bool asJson, bool verbose)
    {
        _surroundings = surroundings;
        AsJson = asJson;
        Verbose = verbose;
        _error = MakeConsole(surroundings.Error, surroundings.ErrorIsTerminal);
    }

    public bool AsJson { get; }

    public bool Verbose { get; }

    /// <summary>Prints the one result of the run.</summary>
    public void Result<T>(T value, JsonTypeInfo<T> type, Func<T, IRenderable> table)
    {
        if (AsJson)
            _surroundings.Output.WriteLine(JsonSerializer.Serialize(value, type));
        else if (_surroundings.OutputIsTerminal)
            MakeConsole(_surroundings.Output, isTerminal: true).Write(table(value));
        else
            WritePlain(table(value));
        _surroundings.Output.Flush();
    }

    /// <summary>Prints plain text as the result, whatever the output format is.</summary>
    public void Text(string text)
    {
        _surroundings.Output.Write(text);
        _surroundings.Output.Flush();
    }

    public void Note(string line) => _surroundings.Error.WriteLine(line);

    public void Warn(string line) => _surroundings.Error.WriteLine($"warning: {line}");

    public void Detail(string line)
    {
        if (Verbose)
            _surroundings.Error.WriteLine(line);
    }

    /// <summary>
    /// Runs <paramref name="work"/>, which tells its state: on a terminal as one live line, otherwise as a
    /// line for each new state.
    /// </summary>
    public async Task WithStatusAsync(string first, Func<Action<string>, Task> work)
    {
        if (_surroundings.ErrorIsTerminal)
        {
            await _error.Status().StartAsync(
                Markup.Escape(first), context => work(state => context.Status = Markup.Escape(state)));
            return;
        }

        var last = first;
        Note(first);
        await work(state =>
        {
            if (state == last)
                return;
            last = state;
            Note(state);
        });
    }

    /// <summary>
    /// Asks a yes-or-no question; anything but y or yes is no. Only where a person can answer.
    /// </summary>
    public async Task<bool> AskAsync(string question, CancellationToken cancellation)
    {
        _surroundings.Error.Write($"{question} [y/N] ");
        _surroundings.Error.Flush();

        // Reading from a terminal cannot be cancelled, so the reader is left behind on Ctrl-C.
        var reading = Task.Run(_surroundings.Input.ReadLine, CancellationToken.None);
        var answer = (await reading.WaitAsync(cancellation))?.Trim();
        return string.Equals(answer, "y", StringComparison.OrdinalIgnoreCase)
            || string.Equals(answer, "yes", StringComparison.OrdinalIgnoreCase);
    }

    public ResultTable Table(params string[] columns) =>
        new(_surroundings.OutputIsTerminal ? TableBorder.Rounded : TableBorder.None, columns);

    /// <summary>The facts of one thing, one a line, which no terminal is too narrow for.</summary>
    public static Rows Facts(params (string Name, string? Value)[] facts)
    {
        var width = facts.Max(fact => fact.Name.Length);
        return new Rows(facts.Select(fact => new WholeLine($"{fact.Name.PadRight(width)}  {fact.Value ?? "-"}")));
    }

    /// <summary>For pipes and files: no control characters, and no blanks at the ends of lines.</summary>
    private void WritePlain(IRenderable table)
    {
        using var buffer = new StringWriter();
        MakeConsole(buffer, isTerminal: false).Write(table);
        foreach (var line in buffer.ToString().TrimEnd().Split('\n'))
            _surroundings.Output.WriteLine(line.TrimEnd());
    }

    private static IAnsiConsole MakeConsole(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!isTerminal)
            console.Profile.Width = PipeWidth;
        return console;
    }
}
