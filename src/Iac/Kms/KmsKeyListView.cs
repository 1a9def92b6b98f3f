namespace Sequencer.Iac.Kms;

internal sealed record KmsKeyListView(IReadOnlyList<KmsKeyView> Keys);
