using Sequencer.Protocol;

namespace Sequencer.EnclaveHost;

/// <summary>
/// Runs the enclave as the first and only process of its machine. Whatever ends it is written to the console,
/// and then the machine ends: there is nobody to start it again, and its key is gone. The command line says
/// nothing to it: what matters is measured, and the same in every machine of this image.
/// </summary>
internal static class FirstProcess
{
    /// <summary>The vsock port on which the enclave listens.</summary>
    public const uint Port = 5005;

    // MS_NOSUID, MS_NODEV and MS_NOEXEC of mount(2).
    private const nuint NoSuid = 2;
    private const nuint NoDevices = 4;
    private const nuint NoPrograms = 8;

    private static readonly HostArguments Arguments = new()
    {
        Listen = new EnclaveEndpoint.Vsock(EnclaveEndpoint.Vsock.AnyCid, Port),
        Nsm = new Dictionary<string, string>(),
    };

    public static async Task<int> RunAsync()
    {
        try
        {
            Boot();
            await EnclaveProgram.RunAsync(Arguments, Heartbeat.SendAsync, CancellationToken.None);
            HostLog.Line("fatal: the server has stopped, though nobody asked it to.");
        }
        catch (Exception exception)
        {
            HostLog.Line($"fatal: {exception}");
        }

        HostLog.Line($"fatal: {LinuxCalls.Restart().Message}");
        return 1;
    }

    private static void Boot()
    {
        LinuxCalls.Mount("devtmpfs", "/dev", NoSuid | NoPrograms);
        OpenConsole();
        LinuxCalls.Mount("proc", "/proc", NoSuid | NoDevices | NoPrograms);
        LinuxCalls.Mount("sysfs", "/sys", NoSuid | NoDevices | NoPrograms);
        LinuxCalls.Mount("tmpfs", "/run", NoSuid | NoDevices | NoPrograms);
        LinuxCalls.Mount("tmpfs", "/tmp", NoSuid | NoDevices | NoPrograms);
        LinuxCalls.ReapChildren();
        KernelModules.Load(KernelModules.Folder, File.ReadAllText("/proc/cmdline"));
    }

    /// <summary>A kernel that found no console in its ramdisk starts us without standard streams.</summary>
    private static void OpenConsole()
    {
        var console = new FileStream(
            "/dev/console", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        Console.SetError(TextWriter.Synchronized(new StreamWriter(console) { AutoFlush = true }));
    }
}
