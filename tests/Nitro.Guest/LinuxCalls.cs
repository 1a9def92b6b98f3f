using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Sequencer.Nitro.Guest;

/// <summary>The system calls of a first process.</summary>
internal static partial class LinuxCalls
{
    private const int FinitModule = 313;
    private const int RestartNow = 0x01234567;
    private const int PowerOffNow = 0x4321fedc;
    private const int Busy = 16;

    /// <summary>Mounts a kernel file system on a folder that exists or is made.</summary>
    public static void Mount(string type, string folder)
    {
        Directory.CreateDirectory(folder);
        if (Mount(type, folder, type, 0, 0) != 0 && Marshal.GetLastPInvokeError() != Busy)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Cannot mount {type} on {folder}");
    }

    public static void LoadModule(string path, string parameters)
    {
        using var file = File.OpenHandle(path);
        if (SystemCall(FinitModule, (int)file.DangerousGetHandle(), parameters, 0) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Cannot load {path}");
    }

    /// <summary>Ends the machine; returns only where that is not allowed.</summary>
    public static void PowerOff()
    {
        Reboot(PowerOffNow);
        Reboot(RestartNow);
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, nint data);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SystemCall(nint number, int file, string parameters, int flags);

    [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
    private static partial int Reboot(int command);
}
