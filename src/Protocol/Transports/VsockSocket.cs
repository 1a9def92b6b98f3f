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

    /// <exception cref="IOException">When the kernel has no vsock.</exception>
    public static Socket Create()
    {
        var handle = OpenSocket(VsockEndPoint.Family, StreamCloseOnExec, 0);
        if (handle < 0)
        {
            throw new IOException(
                $"This machine has no vsock ({Marshal.GetLastPInvokeErrorMessage()}): it needs the kernel's "
                + "vsock modules.");
        }

        return new Socket(new SafeSocketHandle(handle, ownsHandle: true));
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int domain, int type, int protocol);
}
