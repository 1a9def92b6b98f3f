using System.Net.Sockets;
using System.Text;

namespace Sequencer.Gateway.Tests;

/// <summary>HTTP byte by byte, for what a well-behaved client would never send.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends a text and reads until the server closes the connection.</summary>
    public static async Task<string> ExchangeAsync(Uri address, string request)
    {
        using var client = await ConnectAsync(address);
        await SendAsync(client, request);
        return await ReadToEndAsync(client);
    }

    public static async Task<TcpClient> ConnectAsync(Uri address)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port);
        return client;
    }

    public static async Task SendAsync(TcpClient client, string text) =>
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>What arrives until the server closes; a reset counts as a close.</summary>
    public static async Task<string> ReadToEndAsync(TcpClient client)
    {
        using var patience = new CancellationTokenSource(Patience);
        var received = new MemoryStream();
        var chunk = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await client.GetStream().ReadAsync(chunk, patience.Token)) > 0)
                received.Write(chunk, 0, read);
        }
        catch (IOException) when (received.Length > 0)
        {
            // The server closed without reading what was still on its way; its answer had arrived.
        }

        return Encoding.UTF8.GetString(received.ToArray());
    }
}
