using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>
/// Bodies that are refused, or that end, before they were read to their end: the connection goes on if the answer says
/// nothing else, and the log tells of no defect.
/// </summary>
public class RefusedBodyTests
{
    private const string NdJson = "application/x-ndjson";

    [Theory]
    [InlineData(NdJson, "\"a\"\n1\n", "data_not_text")]
    [InlineData(NdJson, "\"a\"\n1\n\"b\"\n", "data_not_text")]
    [InlineData(NdJson, "\n", "batch_empty")]
    [InlineData("application/json", "[]", "batch_empty")]
    [InlineData("application/json", "[\"a\"", "json_malformed")]
    [InlineData("application/json", "", "body_empty")]
    public async Task RefusedBatch_KeepsItsConnection(string type, string body, string code)
    {
        await using var gateway = await TestGateway.StartAsync();
        string[] framings =
        [
            $"Content-Length: {body.Length}\r\n\r\n{body}",
            "Transfer-Encoding: chunked\r\n\r\n"
                + (body.Length == 0 ? "" : $"{body.Length:x}\r\n{body}\r\n") + "0\r\n\r\n",
        ];
        foreach (var framing in framings)
        {
            var answers = await RawHttp.ExchangeAsync(gateway.Address,
                Head(gateway, "/sequence/batch", type) + framing
                + "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            answers.Should().StartWith("HTTP/1.1 400").And.Contain(code).And.Contain("HTTP/1.1 200 OK");
        }

        gateway.Log.Text.Should().NotContain("Error ");
    }

    [Theory]
    [InlineData("/sequence", "Content-Length: 4000", 10, 408)]
    [InlineData("/sequence/batch", "Content-Length: 4000", 10, 408)]
    [InlineData("/sequence", "Content-Length: 4000", 3000, 429)]
    [InlineData("/sequence/batch", "Content-Length: 4000", 3000, 429)]
    [InlineData("/sequence", "Transfer-Encoding: chunked", 10, 408)]
    [InlineData("/sequence/batch", "Transfer-Encoding: chunked", 3000, 429)]
    public async Task BodyRefusedWhileItArrives_IsNoDefectOfTheService(
        string path, string framing, int bytes, int status)
    {
        await using var gateway = await TestGateway.StartAsync(
            ("server:body_timeout_seconds", "1"), ("server:body_min_bytes_per_second", "0"),
            ("server:chain_arriving_max_bytes", "2000"));
        var isChunked = framing.StartsWith('T');
        using var client = await RawHttp.ConnectAsync(gateway.Address);
        await RawHttp.SendAsync(client,
            Head(gateway, path, path == "/sequence" ? "application/octet-stream" : NdJson)
            + framing + "\r\n\r\n" + (isChunked ? "fa0\r\n" : "") + "\"" + new string('x', bytes));
        await Until.TrueAsync(() => client.Available > 0);
        // The server takes the rest for some seconds, so that its answer is not lost.
        await RawHttp.SendAsync(client, new string('x', 4000 - 1 - bytes) + (isChunked ? "\r\n0\r\n\r\n" : ""));
        var answer = await RawHttp.ReadToEndAsync(client);
        answer.Should().StartWith($"HTTP/1.1 {status}").And.Contain("Connection: close");
        gateway.Log.Text.Should().NotContain("Error ");
    }

    [Theory]
    [InlineData("/sequence")]
    [InlineData("/sequence/batch")]
    public async Task ChunkedBodyOverItsLimit_IsNoDefectOfTheService(string path)
    {
        await using var gateway = await TestGateway.StartAsync(
            ("server:body_max_bytes", "2000"), ("server:batch_body_max_bytes", "2000"));
        var answer = await RawHttp.ExchangeAsync(gateway.Address,
            Head(gateway, path, path == "/sequence" ? "application/octet-stream" : NdJson)
            + "Transfer-Encoding: chunked\r\n\r\nfa0\r\n" + new string('\n', 0xfa0) + "\r\n0\r\n\r\n");
        answer.Should().StartWith("HTTP/1.1 413").And.Contain("body_too_large");
        gateway.Log.Text.Should().NotContain("Error ");
    }

    [Theory]
    [InlineData("/sequence")]
    [InlineData("/sequence/batch")]
    public async Task Reset_MidBody_IsNoDefectOfTheService(string path)
    {
        var gateway = await TestGateway.StartAsync();
        using (var client = await RawHttp.ConnectAsync(gateway.Address))
        {
            await BeginAsync(gateway, client, path);
            // Not its stream, which would take leave in good order.
            client.Client.Close(timeout: 0);
        }

        await gateway.Log.WhenAsync("Information \"POST\"");
        // When it has stopped, the server is done with the connection.
        await gateway.DisposeAsync();
        gateway.Log.Text.Should().Contain($"\"POST\" \"{path}\" 499").And.NotContain("Error ");
    }

    [Theory]
    [InlineData("/sequence")]
    [InlineData("/sequence/batch")]
    public async Task Stop_MidBody_IsNoDefectOfTheService(string path)
    {
        await using var gateway = await TestGateway.StartAsync(
            ("server:stop_timeout_seconds", "1"), ("server:body_min_bytes_per_second", "0"));
        using var client = await RawHttp.ConnectAsync(gateway.Address);
        await BeginAsync(gateway, client, path);
        await ((IHost)gateway.Services.GetService(typeof(IHost))!).StopAsync();
        await gateway.Log.WhenAsync("Information \"POST\"");
        gateway.Log.Text.Should().Contain($"\"POST\" \"{path}\" 499").And.NotContain("Error ");
    }

    [Fact]
    public async Task TooLargeABody_OverHttp2_EndsItsStreamAlone()
    {
        await using var gateway = await TestGateway.StartAsync(
            ("kestrel:endpoints:plain:url", "http://127.0.0.1:0"), ("kestrel:endpoints:plain:protocols", "Http2"));
        var request = TestGateway.Request(HttpMethod.Post, "/sequence", gateway.Tokens.For("demo"));
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Content = new ByteArrayContent(new byte[100_000]);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/octet-stream");
        await (await gateway.Http.SendAsync(request)).ShouldBeProblemAsync(413, "entry_too_large");
        gateway.Log.Text.Should().NotContain("Warning ").And.NotContain("Error ");
    }

    /// <summary>Sends the beginning of a body, and returns when the gateway has counted it.</summary>
    private static async Task BeginAsync(TestGateway gateway, TcpClient client, string path)
    {
        var arriving = (ArrivingBytes)gateway.Services.GetService(typeof(ArrivingBytes))!;
        await RawHttp.SendAsync(client, Head(gateway, path, "application/json") + "Content-Length: 1000\r\n\r\n[\"x");
        await Until.TrueAsync(() => arriving.Total > 0);
    }

    private static string Head(TestGateway gateway, string path, string type) =>
        $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.Tokens.For("demo")}\r\n"
        + $"Content-Type: {type}\r\n";
}
