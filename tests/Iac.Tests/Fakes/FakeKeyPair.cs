namespace Sequencer.Iac.Tests.Fakes;

internal sealed record FakeKeyPair(
    string Name, string Id, string Type, string PublicKey, IReadOnlyDictionary<string, string> Tags);
