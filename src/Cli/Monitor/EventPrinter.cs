using System.Text.Json;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Monitor;

/// <summary>
/// Prints events: one line of JSON each for machines, and, where somebody looks, one line of text. The JSON
/// is ASCII: what a log says cannot drive a terminal.
/// </summary>
internal sealed class EventPrinter(CliEnvironment environment, bool isVerbose)
{
    public void Print(MonitorRound round)
    {
        foreach (var told in round.Events)
        {
            environment.Output.WriteLine(ToJson(told));
            if (isVerbose || environment.ErrorIsTerminal)
            {
                var severity = Name(told.Severity.ToString());
                environment.Error.WriteLine(
                    $"{Moment.Text(told.Time)}  {severity,-8}  {Plain.Line(told.Message)}");
            }
        }

        environment.Output.Flush();
    }

    private static string ToJson(MonitorEvent told) => AsciiJson.Object(json =>
    {
        json.WriteString("time", Moment.Text(told.Time));
        json.WriteString("event", Name(told.Kind.ToString()));
        json.WriteString("severity", Name(told.Severity.ToString()));
        if (told.Origin is not null)
            json.WriteString("origin", told.Origin);
        if (told.Size is { } size)
            json.WriteNumber("size", size);
        if (told.Root is not null)
            json.WriteString("root", told.Root);
        if (told.EvidenceFile is not null)
            json.WriteString("evidence_file", told.EvidenceFile);
        json.WriteString("message", told.Message);
    });

    /// <summary>The stable name: that of the member, in snake_case.</summary>
    private static string Name(string member) => JsonNamingPolicy.SnakeCaseLower.ConvertName(member);
}
