using Sequencer.Enclave;
using Sequencer.Protocol;

namespace Sequencer.EnclaveHost;

/// <summary>One epoch, from start to stop: this program's whole work wherever it runs.</summary>
internal static class EnclaveProgram
{
    /// <summary>Serves until it is asked to stop.</summary>
    /// <param name="arguments">What the command line, or the image, says.</param>
    /// <param name="reachable">Runs once, when sessions can be opened.</param>
    /// <param name="stop">Asks to stop.</param>
    public static async Task RunAsync(HostArguments arguments, Func<Task> reachable, CancellationToken stop)
    {
        SocketCompletions.RunInline();
        var configuration = ReadConfiguration(arguments.ConfigFile);
        using var source = NsmSource.Open(arguments);
        using var machine = new EnclaveMachine(configuration, source.Nsm, source.Root, TimeProvider.System);
        await using var listener = EnclaveTransports.Listen(arguments.Listen);
        var server = new EnclaveServer(machine, listener, TimeProvider.System, HostLog.Line);
        if (machine.IsDebug)
            HostLog.Line("DEBUG MODE: its memory can be read, and no verifier accepts what it signs");
        await reachable();
        HostLog.Line(
            $"listening on {arguments.Listen}, cosigner {machine.Cosigner}, version {HostLog.Version}");
        await server.RunAsync(TimeSpan.FromSeconds(configuration.AnchorIntervalSeconds), stop);
        HostLog.Line("stopped");
    }

    private static EnclaveConfiguration ReadConfiguration(string path)
    {
        try
        {
            return EnclaveConfiguration.Parse(File.ReadAllBytes(path));
        }
        catch (FormatException exception)
        {
            throw new FormatException($"{path}: {exception.Message}", exception);
        }
    }
}
