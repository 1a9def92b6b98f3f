using System.Globalization;
using System.Text.Json;

namespace Sequencer.Bench.Report;

/// <summary>Writes a report as a table for people and as JSON.</summary>
internal static class ReportWriter
{
    /// <summary>Prints the table; one line for each figure, Markdown.</summary>
    public static void Print(Report report, TextWriter output)
    {
        var load = $"load average {report.LoadBefore} before, {report.LoadAfter} after";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            {report.Started:yyyy-MM-dd HH:mm} UTC, {report.Scope}; {Environment.ProcessorCount} processors; {load}
            Limits: {string.Join("; ", report.Limits.Select(pair => $"{pair.Key} {Number(pair.Value)}"))}
            Receipts verified by the client library: {report.ReceiptsVerified}

            | figure | measured | limit beside it | ratio | goal | |
            |---|---|---|---|---|---|
            """));
        foreach (var figure in report.Figures)
            output.WriteLine(Line(figure));
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Figures.Count(figure => figure.IsMet)} of {report.Figures.Count} goals met"));
    }

    /// <summary>Writes <c>results/&lt;date&gt;.json</c>; the file's name.</summary>
    public static string Save(Report report, string folder)
    {
        Directory.CreateDirectory(folder);
        var started = report.Started.ToString("yyyy-MM-dd'T'HHmmss", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, started + ".json");
        using var stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("started", report.Started);
        json.WriteString("scope", report.Scope);
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteString("load_before", report.LoadBefore);
        json.WriteString("load_after", report.LoadAfter);
        json.WriteNumber("receipts_verified", report.ReceiptsVerified);
        json.WriteStartObject("limits");
        foreach (var (name, value) in report.Limits)
            json.WriteNumber(name, value);
        json.WriteEndObject();
        json.WriteStartArray("figures");
        foreach (var figure in report.Figures)
            Write(json, figure);
        json.WriteEndArray();
        json.WriteEndObject();
        return path;
    }

    private static string Line(Figure figure) => string.Create(CultureInfo.InvariantCulture,
        $"| {figure.Name} | {Number(figure.Value)} {figure.Unit}{(figure.Note.Length > 0 ? $" ({figure.Note})" : "")} "
        + $"| {figure.LimitName}: {Number(figure.Limit)} | {figure.Ratio:0.00} "
        + $"| {(figure.LessIsBetter ? "≤" : "≥")} {figure.Goal:0.00} | {(figure.IsMet ? "met" : "MISSED")} |");

    private static void Write(Utf8JsonWriter json, Figure figure)
    {
        json.WriteStartObject();
        json.WriteString("name", figure.Name);
        json.WriteNumber("value", figure.Value);
        json.WriteString("unit", figure.Unit);
        json.WriteString("limit_name", figure.LimitName);
        json.WriteNumber("limit", figure.Limit);
        json.WriteNumber("ratio", figure.Ratio);
        json.WriteNumber("goal", figure.Goal);
        json.WriteBoolean("less_is_better", figure.LessIsBetter);
        json.WriteBoolean("met", figure.IsMet);
        json.WriteString("note", figure.Note);
        json.WriteEndObject();
    }

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "#,0" : "0.###", CultureInfo.InvariantCulture);
}
