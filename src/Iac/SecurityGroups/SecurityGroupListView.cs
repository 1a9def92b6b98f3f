namespace Sequencer.Iac.SecurityGroups;

internal sealed record SecurityGroupListView(IReadOnlyList<SecurityGroupView> SecurityGroups);
