namespace Sequencer.Iac.SecurityGroups;

/// <summary>What <c>security-group delete</c> removed.</summary>
internal sealed record SecurityGroupDeletionView(string Name, string GroupId);
