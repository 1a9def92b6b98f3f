namespace Sequencer.Iac.Instances;

internal sealed record InstanceListView(IReadOnlyList<InstanceView> Instances);
