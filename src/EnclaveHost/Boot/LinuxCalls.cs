using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sequencer.EnclaveHost;

/// <summary>The system calls of a first process; they fail with the error number in words.</summary>
internal static partial class LinuxCalls
{
    private const int Busy = 16; // EBUSY
    private const int ChildEnded = 17; // SIGCHLD
    private const int Ignore = 1; // SIG_IGN
    private const int RestartNow = 0x0123_4567; // RB_AUTOBOOT
    private const int FinitModule = 313; // its number on x86-64; glibc has no function for it

    /// <summary>Mounts a file system of the kernel's own on a folder, made where it is missing.</summary>
    /// <exception cref="IOException">When it cannot be mounted; it may be mounted already.</exception>
    public static void Mount(string type, string folder, nuint flags)
    {
        Directory.CreateDirectory(folder);
        if (Mount(type, folder, type, flags, 0) != 0 && Marshal.GetLastPInvokeError() != Busy)
            throw Failed($"mount {type} on {folder}");
    }

    /// <summary>Loads a kernel module from its file.</summary>
    /// <exception cref="IOException">When the file, or the kernel, does not let us.</exception>
    public static void LoadModule(string path, string parameters)
    {
        using var file = File.OpenHandle(path);
        if (LoadModule(FinitModule, file, parameters, 0) != 0)
            throw Failed($"load the kernel module {path} {parameters}");
    }

    /// <summary>Has the kernel reap every process that ends and was left to us.</summary>
    public static void ReapChildren()
    {
        if (Signal(ChildEnded, Ignore) == -1)
            throw Failed("have children reaped");
    }

    /// <summary>Restarts the machine, which for an enclave is the end; returns only on failure.</summary>
    public static IOException Restart()
    {
        Reboot(RestartNow);
        return Failed("restart the machine");
    }

    private static IOException Failed(string action) =>
        new($"Cannot {action}: {Marshal.GetLastPInvokeErrorMessage()} ({Marshal.GetLastPInvokeError()}).");

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, nint data);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint LoadModule(nint number, SafeFileHandle file, string parameters, int flags);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint Signal(int number, nint action);

    [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
    private static partial int Reboot(int command);
}
