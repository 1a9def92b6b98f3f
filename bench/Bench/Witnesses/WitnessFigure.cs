using Sequencer.Bench.Load;

namespace Sequencer.Bench.Witnesses;

/// <summary>One line of the table: a load in closed loop, and what came of it.</summary>
/// <param name="Name">What a client waits for.</param>
/// <param name="IntervalMs">Least time between two checkpoints shown to the witnesses, in milliseconds; null
/// where it plays no part.</param>
/// <param name="Connections">Clients, each of which sends when it has its answer.</param>
/// <param name="Load">What the load came to.</param>
internal sealed record WitnessFigure(string Name, int? IntervalMs, int Connections, LoadResult Load);
