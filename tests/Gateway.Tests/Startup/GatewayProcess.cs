using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>Starts the real program.</summary>
internal static class GatewayProcess
{
    public static ServerProcess Start(
        string folder, IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment) =>
        ServerProcess.Start("sequencer-gateway", folder, arguments, environment);
}
