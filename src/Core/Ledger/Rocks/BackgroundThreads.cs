using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Sequencer.Core;

/// <summary>
/// Makes RocksDB's threads, which flush and move files, give way to those that answer: on a machine of few
/// processors a flush would else take one of them for a tenth of a second, and every caller would wait. It falls
/// behind only where nothing is left to it; then writes wait for it, as RocksDB has them do.
/// </summary>
internal static partial class BackgroundThreads
{
    // A tenth of the weight of an ordinary thread (sched(7)).
    private const int Niceness = 10;
    private const int PriorityOfProcess = 0;
    private const int CallingThread = 0;

    /// <summary>Opens a database; the threads that it starts with are the ones that give way.</summary>
    public static T Start<T>(Func<T> open)
    {
        T? opened = default;
        ExceptionDispatchInfo? failed = null;
        // On Linux a thread has a niceness of its own, and those that it starts inherit it.
        var thread = new Thread(() =>
        {
            try
            {
                _ = setpriority(PriorityOfProcess, CallingThread, Niceness);
                opened = open();
            }
            catch (Exception exception)
            {
                failed = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        // RocksDB opens in one blocking call, whose caller would wait for it all the same.
        thread.Join();
        failed?.Throw();
        return opened!;
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int setpriority(int which, int who, int niceness);
}
