using System.Globalization;
using System.Text.Json;

namespace Sequencer.Bench.Peers;

/// <summary>The table of one run, ours first.</summary>
internal sealed record PeerReport(DateTimeOffset Started, double Seconds, IReadOnlyList<PeerResult> Results)
{
    /// <summary>Prints the table, Markdown; the factor is ours over theirs.</summary>
    public void Print(TextWriter output)
    {
        var ours = Results[0].Rates!;
        var processors = Environment.ProcessorCount;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            {Started:yyyy-MM-dd HH:mm} UTC; {processors} processors; {Peer.EntryBytes} B, {Seconds:0} s each

            | system | acknowledged means | single, {Peer.Clients} clients, /s | ours is | batches, /s | ours is |
            |---|---|---|---|---|---|
            """));
        foreach (var result in Results)
        {
            output.WriteLine(result.Rates is { } rates
                ? string.Create(CultureInfo.InvariantCulture,
                    $"| {result.Peer.Name} | {result.Peer.Durability} "
                    + $"| {rates.Single:#,0} ({rates.SingleTool}) | {ours.Single / rates.Single:0.00} × "
                    + $"| {rates.Batch:#,0} ({rates.BatchTool}) | {ours.Batch / rates.Batch:0.00} × |")
                : $"| {result.Peer.Name} | skipped: {result.Skipped} | | | | |");
        }
    }

    /// <summary>Writes <c>peers-&lt;date&gt;.json</c>; the file's name.</summary>
    public string Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var date = Started.ToString("yyyy-MM-dd'T'HHmmss", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, $"peers-{date}.json");
        using var stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("started", Started);
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteNumber("entry_bytes", Peer.EntryBytes);
        json.WriteNumber("seconds", Seconds);
        json.WriteStartArray("systems");
        foreach (var result in Results)
            Write(json, result);
        json.WriteEndArray();
        json.WriteEndObject();
        return path;
    }

    private static void Write(Utf8JsonWriter json, PeerResult result)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Peer.Name);
        json.WriteString("durability", result.Peer.Durability);
        if (result.Rates is { } rates)
        {
            json.WriteNumber("single_per_second", rates.Single);
            json.WriteString("single_tool", rates.SingleTool);
            json.WriteNumber("batch_per_second", rates.Batch);
            json.WriteString("batch_tool", rates.BatchTool);
        }
        else
        {
            json.WriteString("skipped", result.Skipped);
        }

        json.WriteEndObject();
    }
}
