using System.Runtime.InteropServices;
using Sequencer.Iac;

// The first Ctrl-C (or SIGTERM) stops the run between two calls; a second one ends the process at once.
using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

return await IacApp.RunAsync(args, Surroundings.OfProcess(), interrupted.Token);

void Stop(PosixSignalContext context)
{
    context.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}
