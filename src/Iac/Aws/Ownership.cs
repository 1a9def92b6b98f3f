using Amazon.EC2;
using Amazon.EC2.Model;
using Sequencer.Iac.Configuration;

namespace Sequencer.Iac.Aws;

/// <summary>
/// The tag that everything made by this tool carries. List, delete and terminate touch nothing without it.
/// </summary>
internal static class Ownership
{
    public const string TagKey = "managed-by";
    public const string TagValue = "blocky-sequencer-iac";

    public static Filter Filter => new($"tag:{TagKey}", [TagValue]);

    public static bool IsOurs(IEnumerable<Tag>? tags) =>
        tags?.Any(tag => tag.Key == TagKey && tag.Value == TagValue) == true;

    /// <summary>Owner, name and the operator's own tags, as pairs.</summary>
    public static IReadOnlyList<(string Key, string Value)> Tags(string name, ResolvedSettings settings)
    {
        var tags = new List<(string, string)> { (TagKey, TagValue), ("Name", name) };
        foreach (var pair in settings.Find(Settings.Tags)?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            var parts = pair.Split('=', 2);
            tags.Add((parts[0], parts[1]));
        }

        return tags;
    }

    public static TagSpecification Specification(
        ResourceType type, string name, ResolvedSettings settings) => new()
        {
            ResourceType = type,
            Tags = [.. Tags(name, settings).Select(tag => new Tag(tag.Key, tag.Value))],
        };
}
