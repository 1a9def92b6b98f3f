using System.Net;
using System.Net.Sockets;

namespace Sequencer.Bench.Running;

internal static class FreePort
{
    /// <summary>A port of the loopback address that nobody uses now.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
