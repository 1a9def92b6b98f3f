using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sequencer.Attestation;

namespace Sequencer.EnclaveHost;

/// <summary>
/// Runs the enclave as one process among others. SIGTERM and SIGINT end it cleanly. Exit codes: 0 stopped,
/// 1 it cannot start or go on, 2 usage.
/// </summary>
internal static class OrdinaryProcess
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--help" or "-h" or "--version"])
        {
            Console.WriteLine(args is ["--version"] ? HostLog.Version : HostArguments.Help);
            return 0;
        }

        using var stopping = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            var arguments = HostArguments.Parse(args);
            await EnclaveProgram.RunAsync(arguments, () => Task.CompletedTask, stopping.Token);
            return 0;
        }
        catch (UsageException exception)
        {
            HostLog.Line(exception.Message);
            await Console.Error.WriteLineAsync(HostArguments.Usage);
            return 2;
        }
        catch (Exception exception) when (exception is IOException or SocketException or UnauthorizedAccessException
                                              or FormatException or NsmException or CryptographicException)
        {
            HostLog.Line(exception.Message);
            return 1;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
    }
}
