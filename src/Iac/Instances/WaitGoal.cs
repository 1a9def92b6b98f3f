namespace Sequencer.Iac.Instances;

/// <summary>The state that a wait ends with.</summary>
internal enum WaitGoal
{
    /// <summary>Running, with both of EC2's status checks passed.</summary>
    Ready,
    Stopped,
    Terminated,
}
