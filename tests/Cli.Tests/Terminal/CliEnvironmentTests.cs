using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sequencer.Cli.Terminal;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Cli.Tests.Terminal;

/// <summary>The network of a real process, against a server that compresses.</summary>
public sealed class CliEnvironmentTests
{
    [Fact]
    public async Task Handler_CompressedAnswer_IsUnpacked()
    {
        var (note, request) = await ReadAsync("a note\n");

        note.Should().Be("a note\n");
        request.Should().Contain("\r\nAccept-Encoding: gzip\r\n");
    }

    [Fact]
    public async Task Handler_CompressedAnswerThatIsTooLongUnpacked_IsRefused() =>
        (await FluentActions.Awaiting(() => ReadAsync(new string('x', SignedNote.MaxSizeBytes + 1)))
            .Should().ThrowAsync<SequencerClientException>())
            .Which.Error.Should().Be(SequencerClientError.BadAnswer);

    private static async Task<(string? Note, string Request)> ReadAsync(string served)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, served);
        using var handler = CliEnvironment.OfProcess().CreateHandler();
        using var http = new HttpClient(handler) { BaseAddress = new($"http://{listener.LocalEndpoint}/") };
        var log = new SequencerClient(http, new() { AttemptsMax = 1 }).ReadLog(Chain);
        return (await log.FindCheckpointAsync(), await serving);
    }

    private static ChainId Chain => ChainId.TryParse("demo", out var chain) ? chain : throw new FormatException();

    private static async Task<string> ServeAsync(TcpListener listener, string text)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        await using var stream = connection.GetStream();
        var request = new StringBuilder();
        var chunk = new byte[4096];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            request.Append(Encoding.ASCII.GetString(chunk, 0, await stream.ReadAsync(chunk)));
        var body = Compressed(text);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n"));
        await stream.WriteAsync(body);
        return request.ToString();
    }

    private static byte[] Compressed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
