using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sequencer.Protocol;

/// <summary>
/// Makes vsock sockets. .NET cannot name the family, but takes a socket that was made elsewhere: with
/// <see cref="VsockEndPoint"/> it then binds, listens, accepts and connects like any other.
/// </summary>
internal static partial class VsockSocket
{
    private const int StreamCloseOnExec = 0x80001;

    // EAFNOSUPPORT
    private const int NoSuchFamily = 97;

    /// <exception cref="IOException">When the kernel has no vsock, or no socket to give.</exception>
    public static Socket Create()
    {
        var handle = OpenSocket(VsockEndPoint.Family, StreamCloseOnExec, 0);
        return handle < 0
            ? throw Refused(Marshal.GetLastPInvokeError())
            : new Socket(new SafeSocketHandle(handle, ownsHandle: true));
    }

    /// <summary>What the kernel's refusal means for the operator.</summary>
    internal static IOException Refused(int error)
    {
        var said = Marshal.GetPInvokeErrorMessage(error);
        return new IOException(error == NoSuchFamily
            ? $"This machine has no vsock ({said}): it needs the kernel's vsock modules."
            : $"No vsock socket can be had: {said}.");
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int domain, int type, int protocol);
}
