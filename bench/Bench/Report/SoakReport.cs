using System.Globalization;
using System.Text.Json;

namespace Sequencer.Bench.Report;

/// <summary>What a long steady load came to: one step after another, and the memory meanwhile.</summary>
internal sealed record SoakReport
{
    private const double LimitMiB = 600;
    private const double Mebibyte = 1 << 20;

    public required DateTimeOffset Started { get; init; }

    public required double Seconds { get; init; }

    public required IReadOnlyList<SoakStep> Steps { get; init; }

    public required IReadOnlyList<(TimeSpan Time, long Bytes)> Gateway { get; init; }

    public required IReadOnlyList<(TimeSpan Time, long Bytes)> Enclave { get; init; }

    private double GatewayMaxMiB => Gateway.Max(sample => sample.Bytes) / Mebibyte;

    private double RequestsPerSecond => Steps.Average(step => step.RequestsPerSecond);

    /// <summary>Writes <c>soak-&lt;date&gt;.json</c> and the curve, <c>.svg</c>; their common name.</summary>
    public string Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var name = Path.Combine(
            folder, "soak-" + Started.ToString("yyyy-MM-dd'T'HHmmss", CultureInfo.InvariantCulture));
        File.WriteAllText(name + ".svg", Draw());
        using var stream = File.Create(name + ".json");
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        Write(json);
        return name;
    }

    private string Draw()
    {
        var curve = new MemoryCurve(string.Create(CultureInfo.InvariantCulture,
            $"Memory in MiB under {RequestsPerSecond:#,0} transactions/s; the limit is {LimitMiB:0} (dashed)"),
            Seconds, LimitMiB);
        curve.Add("gateway", "#1f6fb2", InMiB(Gateway));
        curve.Add("enclave", "#2e8b57", InMiB(Enclave));
        return curve.ToString();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("started", Started);
        json.WriteNumber("seconds", Seconds);
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteNumber("requests_per_second", RequestsPerSecond);
        json.WriteNumber("gateway_mib_max", GatewayMaxMiB);
        json.WriteNumber("limit_mib", LimitMiB);
        json.WriteStartArray("steps");
        foreach (var step in Steps)
        {
            json.WriteStartObject();
            json.WriteNumber("seconds", step.Seconds);
            json.WriteNumber("requests_per_second", step.RequestsPerSecond);
            json.WriteNumber("gateway_mib", step.GatewayMiB);
            json.WriteNumber("enclave_mib", step.EnclaveMiB);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static List<(double, double)> InMiB(IEnumerable<(TimeSpan Time, long Bytes)> samples) =>
        [.. samples.Select(sample => (sample.Time.TotalSeconds, sample.Bytes / Mebibyte))];
}
