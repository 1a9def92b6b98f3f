namespace Sequencer.Iac.Keys;

internal sealed record KeyListView(IReadOnlyList<KeyPairView> Keys);
