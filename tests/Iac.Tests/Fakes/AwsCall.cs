using System.Text.Json.Nodes;

namespace Sequencer.Iac.Tests.Fakes;

/// <summary>One request as it left the SDK.</summary>
internal sealed record AwsCall
{
    /// <summary>The service that the signature names: ec2, kms, sts or servicequotas.</summary>
    public required string Service { get; init; }

    /// <summary>The region that the signature names.</summary>
    public required string Region { get; init; }

    public required string Action { get; init; }

    public required Uri Uri { get; init; }

    public required string Authorization { get; init; }

    /// <summary>Form fields of the query protocol; empty for the JSON protocol.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>The body of the JSON protocol; empty for the query protocol.</summary>
    public required JsonObject Json { get; init; }

    public bool IsDryRun => Find("DryRun") == "true";

    public string this[string field] => Fields.TryGetValue(field, out var value)
        ? value
        : throw new InvalidOperationException(
            $"{Action} came without {field}: {string.Join(' ', Fields.Keys)}");

    public string? Find(string field) => Fields.GetValueOrDefault(field);

    /// <summary>The values of "Name.1", "Name.2", … (or "Prefix.1.Suffix", …).</summary>
    public IReadOnlyList<string> List(string prefix, string suffix = "")
    {
        var values = new List<string>();
        while (Find($"{prefix}.{values.Count + 1}{suffix}") is { } value)
            values.Add(value);
        return values;
    }

    /// <summary>The tags of TagSpecification.n for that type of resource.</summary>
    public Dictionary<string, string> Tags(string resourceType)
    {
        var number = List("TagSpecification", ".ResourceType").ToList().IndexOf(resourceType) + 1;
        var prefix = $"TagSpecification.{number}.Tag";
        return List(prefix, ".Key")
            .Zip(List(prefix, ".Value")).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>Whether a thing with these values passes every Filter.n of the request.</summary>
    public bool Admits(Func<string, string?> valueOf)
    {
        var names = List("Filter", ".Name");
        return names.Select((name, index) => (name, index)).All(filter =>
            valueOf(filter.name) is { } value && List($"Filter.{filter.index + 1}.Value").Contains(value));
    }
}
