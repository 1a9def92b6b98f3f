using System.Runtime.InteropServices;
using Sequencer.Bench.Running;

namespace Sequencer.Bench;

/// <summary>
/// While it is held, a benchmark that is told to stop (SIGINT, SIGTERM) leaves nothing behind: the programs that it
/// started end, and its folder, of up to 50 GB, is removed.
/// </summary>
internal sealed class Interruption : IDisposable
{
    // As a shell tells of a program that a signal ended: 128 and the signal's number.
    private const int InterruptedExit = 130;
    private const int TerminatedExit = 143;

    private static volatile bool _isUnderWay;

    private readonly PosixSignalRegistration _interrupt = PosixSignalRegistration.Create(
        PosixSignal.SIGINT, signal => Stop(signal, InterruptedExit));

    private readonly PosixSignalRegistration _terminate = PosixSignalRegistration.Create(
        PosixSignal.SIGTERM, signal => Stop(signal, TerminatedExit));

    /// <summary>Whether the process is about to end.</summary>
    public static bool IsUnderWay => _isUnderWay;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private static void Stop(PosixSignalContext signal, int exitCode)
    {
        signal.Cancel = true;
        _isUnderWay = true;
        ChildProcess.EndAll();
        WorkFolder.RemoveCurrent();
        Console.Error.WriteLine("bench: stopped; what it had started is ended, and its folder removed.");
        Environment.Exit(exitCode);
    }
}
