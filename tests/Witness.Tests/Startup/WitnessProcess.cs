using Sequencer.Testing;

namespace Sequencer.Witness.Tests;

/// <summary>Starts the real program, at a port that is free.</summary>
internal static class WitnessProcess
{
    public static ServerProcess Start(string folder, params string[] arguments) =>
        ServerProcess.Start(
            "sequencer-witness", folder, arguments, ("SEQUENCER_WITNESS__SERVER__LISTEN", "http://127.0.0.1:0"));
}
