using System.Globalization;
using System.Text.Json;

namespace Sequencer.Bench.Witnesses;

/// <summary>What witnesses cost, and how long a witnessed receipt takes.</summary>
internal sealed record WitnessReport
{
    public required DateTimeOffset Started { get; init; }

    /// <summary>Length of the longer loads, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Load average of one minute when the run began.</summary>
    public required string LoadBefore { get; init; }

    public required string LoadAfter { get; init; }

    /// <summary>Answers of the enclave alone, from a service without witnesses and from one with them.</summary>
    public required (WitnessFigure Without, WitnessFigure With) Cost { get; init; }

    /// <summary>Answers that a quorum of witnesses covers.</summary>
    public required IReadOnlyList<WitnessFigure> Witnessed { get; init; }

    public required int ReceiptsVerified { get; init; }

    private double Ratio => Cost.With.Load.PerSecond / Cost.Without.Load.PerSecond;

    private IEnumerable<WitnessFigure> Figures => [Cost.Without, Cost.With, .. Witnessed];

    /// <summary>Prints the table, Markdown.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            {Started:yyyy-MM-dd HH:mm} UTC; {Environment.ProcessorCount} processors
            Load average {LoadBefore} before, {LoadAfter} after
            Three witnesses, a quorum of two
            Witnessed receipts verified by the client library: {ReceiptsVerified}

            | a client waits for | interval, ms | clients | answers/s | p50, ms | p99, ms | answers |
            |---|---|---|---|---|---|---|
            """));
        foreach (var figure in Figures)
            output.WriteLine(Line(figure));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\nEnclave-final answers a second with witnesses, to those without: {Ratio:0.00}"));
    }

    /// <summary>Writes <c>witness-&lt;date&gt;.json</c>; the file's name.</summary>
    public string Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var date = Started.ToString("yyyy-MM-dd'T'HHmmss", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, $"witness-{date}.json");
        using var stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("started", Started);
        json.WriteNumber("seconds", Seconds);
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteString("load_before", LoadBefore);
        json.WriteString("load_after", LoadAfter);
        json.WriteNumber("ratio_with_witnesses", Ratio);
        json.WriteNumber("receipts_verified", ReceiptsVerified);
        json.WriteStartArray("figures");
        foreach (var figure in Figures)
            Write(json, figure);
        json.WriteEndArray();
        json.WriteEndObject();
        return path;
    }

    private static string Line(WitnessFigure figure)
    {
        var interval = figure.IntervalMs?.ToString("#,0", CultureInfo.InvariantCulture) ?? "–";
        var load = figure.Load;
        return string.Create(CultureInfo.InvariantCulture,
            $"| {figure.Name} | {interval} | {figure.Connections} | {load.PerSecond:#,0.#} "
            + $"| {load.P50Micros / 1000:#,0.0} | {load.P99Micros / 1000:#,0.0} | {load.Requests:#,0} |");
    }

    private static void Write(Utf8JsonWriter json, WitnessFigure figure)
    {
        json.WriteStartObject();
        json.WriteString("name", figure.Name);
        if (figure.IntervalMs is { } interval)
            json.WriteNumber("interval_ms", interval);
        json.WriteNumber("connections", figure.Connections);
        json.WriteNumber("answers", figure.Load.Requests);
        json.WriteNumber("answers_per_second", figure.Load.PerSecond);
        json.WriteNumber("p50_ms", figure.Load.P50Micros / 1000);
        json.WriteNumber("p99_ms", figure.Load.P99Micros / 1000);
        json.WriteNumber("gateway_micros", figure.Load.ServerMicros);
        json.WriteNumber("enclave_micros", figure.Load.EnclaveMicros);
        json.WriteEndObject();
    }
}
