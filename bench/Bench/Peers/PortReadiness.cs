using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sequencer.Bench.Peers;

/// <summary>Waits until a server takes connections.</summary>
internal static class PortReadiness
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static async Task WaitAsync(int port, Action requireRunning)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await TakesConnectionAsync(port))
        {
            requireRunning();
            if (Stopwatch.GetElapsedTime(started) > Timeout)
                throw new BenchException($"Nothing listened on port {port} within {Timeout.TotalSeconds:0} s.");
            await Task.Delay(Pause);
        }
    }

    private static async Task<bool> TakesConnectionAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
