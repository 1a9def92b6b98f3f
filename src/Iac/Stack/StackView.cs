using Sequencer.Iac.Instances;

namespace Sequencer.Iac.Stack;

/// <summary>
/// The result of <c>up</c> or <c>down</c>; <paramref name="Instance"/> is null after <c>down</c>.
/// </summary>
internal sealed record StackView(IReadOnlyList<StackStepView> Steps, InstanceView? Instance);
