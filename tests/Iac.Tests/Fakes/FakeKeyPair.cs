namespace Sequencer.Iac.Tests.Fakes;

internal sealed record FakeKeyPair(
    string Name, string Id, string Type, string PublicKey, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>As AWS writes it.</summary>
    public string CreatedAt { get; init; } = "2026-11-22T19:00:00.000Z";
}
