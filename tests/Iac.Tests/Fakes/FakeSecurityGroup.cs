namespace Sequencer.Iac.Tests.Fakes;

internal sealed record FakeSecurityGroup(
    string Name, string Id, string VpcId, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>As "tcp 22-22 203.0.113.7/32", sorted.</summary>
    public SortedSet<string> Rules { get; } = new(StringComparer.Ordinal);
}
