using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>The witnesses that a sequencer asks, and which of them together make a quorum.</summary>
public sealed record WitnessNetwork
{
    /// <summary>Names, keys and quorum; it must demand at least one witness.</summary>
    public required TlogPolicy Policy { get; init; }

    /// <summary>The way to each of the policy's witnesses, in the policy's order.</summary>
    public required IReadOnlyList<IWitness> Clients { get; init; }

    /// <summary>Least time between two checkpoints of one chain that are shown to the witnesses; default one
    /// second.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);
}
