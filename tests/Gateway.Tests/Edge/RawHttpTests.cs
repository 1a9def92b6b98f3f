using System.Text.RegularExpressions;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>What a well-behaved client would never send, byte by byte.</summary>
[Collection(SharedGatewayGroup.Name)]
public class RawHttpTests(SharedGateway shared)
{
    private readonly TestGateway _gateway = shared.Gateway;

    [Theory]
    [InlineData("/log/../heartbeat", 403, "chain_id_invalid")]
    [InlineData("/log/%2e%2e/heartbeat", 403, "chain_id_invalid")]
    [InlineData("/log/%2E./heartbeat", 403, "chain_id_invalid")]
    [InlineData("/log/demo/../other/checkpoint", 400, "path_malformed")]
    [InlineData("/log/demo/./checkpoint", 400, "path_malformed")]
    [InlineData("/log/demo/tile/%2e%2e/checkpoint", 400, "path_malformed")]
    [InlineData("/log/./checkpoint", 403, "chain_id_invalid")]
    [InlineData("/log/..", 403, "chain_id_invalid")]
    [InlineData("/sequence/../metrics", 400, "path_malformed")]
    [InlineData("/sequence/%2e%2e/metrics?x=/log/", 400, "path_malformed")]
    public async Task ClimbingPath_IsRefused(string path, int status, string code)
    {
        var answer = await GetAsync(path);
        answer.Should().StartWith($"HTTP/1.1 {status} ").And.Contain($"\"{code}\"")
            .And.NotContain("\"healthy\"");
    }

    [Theory]
    [InlineData("/heartbeat?x=/../")]
    [InlineData("/heartbeat?.")]
    public async Task DotsInAQuery_AreNoPath(string path) =>
        (await GetAsync(path)).Should().StartWith("HTTP/1.1 200 ");

    [Fact]
    public async Task ContentLengthAndChunked_AreNotBothTaken()
    {
        // Request smuggling: the second request must not be seen as one.
        var answer = await ExchangeAsync(
            "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
            "0\r\n\r\nGET /heartbeat HTTP/1.1\r\nHost: x\r\n\r\n");
        answer.Should().StartWith("HTTP/1.1 400").And.NotContain("healthy");
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n")]
    [InlineData("Content-Length: -1\r\n")]
    [InlineData("Content-Length: 1,2\r\n")]
    [InlineData("Content-Length: 99999999999999999999\r\n")]
    [InlineData("Content-Length : 5\r\n")]
    [InlineData(" folded: header\r\n")]
    [InlineData("bad header\r\n")]
    public async Task BadFraming_IsRefusedAndTheConnectionClosed(string headers) =>
        (await ExchangeAsync(headers, "hello", close: false)).Should().StartWith("HTTP/1.1 400");

    [Theory]
    [InlineData("Transfer-Encoding: xchunked\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n")]
    public async Task UnknownTransferCoding_IsRefused(string headers) =>
        (await ExchangeAsync(headers, "hello", close: false)).Should().MatchRegex("^HTTP/1.1 (400|411|501)");

    [Fact]
    public async Task BrokenChunk_IsAProblem() =>
        (await ExchangeAsync("Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n"))
            .Should().StartWith("HTTP/1.1 400").And.Contain("request_malformed");

    [Theory]
    [InlineData("Idempotency-Key: \u00fcmlaut\r\n")]
    [InlineData("Idempotency-Key: a\r\nIdempotency-Key: b\r\n")]
    public async Task BadIdempotencyKey_IsRefused(string headers) =>
        (await ExchangeAsync(headers + "Content-Length: 12\r\n", """{"data":"x"}"""))
            .Should().StartWith("HTTP/1.1 400");

    [Fact]
    public async Task MissingHost_IsRefused() =>
        (await RawHttp.ExchangeAsync(_gateway.Address, "GET /heartbeat HTTP/1.1\r\n\r\n"))
            .Should().StartWith("HTTP/1.1 400");

    [Fact]
    public async Task OverlongHeaders_AreRefused() =>
        (await ExchangeAsync($"X-Long: {new string('x', 40_000)}\r\n", "", close: false))
            .Should().StartWith("HTTP/1.1 431");

    [Fact]
    public async Task OverlongRequestLine_IsRefused() =>
        (await GetAsync("/" + new string('a', 10_000))).Should().StartWith("HTTP/1.1 414");

    [Fact]
    public async Task NotHttp_IsRefused() =>
        (await RawHttp.ExchangeAsync(_gateway.Address, "\u0016\u0003\u0001\u0002\u0000\u0001 hello\r\n\r\n"))
            .Should().StartWith("HTTP/1.1 400");

    [Fact]
    public async Task BodyOverItsLimit_Is413AndTheConnectionCloses()
    {
        using var client = await RawHttp.ConnectAsync(_gateway.Address);
        await RawHttp.SendAsync(client, Head("Content-Length: 1000000\r\n", close: false) + "{\"data\":\"");
        // Not another byte: the answer must not wait for the rest, and the end must not either.
        var answer = await RawHttp.ReadToEndAsync(client);
        answer.Should().StartWith("HTTP/1.1 413").And.Contain("body_too_large")
            .And.Contain("Connection: close");
    }

    [Fact]
    public async Task ChunkedBodyOverItsLimit_Is413WhileItArrives()
    {
        using var client = await RawHttp.ConnectAsync(_gateway.Address);
        await RawHttp.SendAsync(client, Head("Transfer-Encoding: chunked\r\n", close: false));
        var chunk = "10000\r\n" + new string(' ', 0x10000) + "\r\n";
        for (var i = 0; i < 9; i++)
            await RawHttp.SendAsync(client, chunk);
        (await RawHttp.ReadToEndAsync(client))
            .Should().StartWith("HTTP/1.1 413").And.Contain("body_too_large");
    }

    [Fact]
    public async Task ClientThatVanishesMidBody_LeavesNothingBehind()
    {
        var arriving = (ArrivingBytes)_gateway.Services.GetService(typeof(ArrivingBytes))!;
        using (var client = await RawHttp.ConnectAsync(_gateway.Address))
        {
            await RawHttp.SendAsync(client, Head("Content-Length: 1000\r\n", close: false) + "{\"data\":");
            await Until.TrueAsync(() => arriving.Total > 0);
        }

        await Until.TrueAsync(() => arriving.Total == 0);
        _gateway.Log.Text.Should().NotContain("Unhandled");
    }

    /// <summary>
    /// Whether it is answered, with 400, or counts as gone depends on which of the two is seen first. Neither way does
    /// the server read on, which it could not, and would warn of with a trace.
    /// </summary>
    [Theory]
    [InlineData("/sequence")]
    [InlineData("/sequence/batch")]
    public async Task ClientThatClosesItsSideMidBody_HasItsOneLineInTheLog(string path)
    {
        const int Clients = 10;
        LogSink log;
        await using (var gateway = await TestGateway.StartAsync())
        {
            log = gateway.Log;
            for (var client = 0; client < Clients; client++)
                await LeaveMidBodyAsync(gateway, path);
        }

        // Only now has the server had its say of every connection.
        Regex.Matches(log.Text, $"\"POST\" \"{path}\" (400|499)").Should().HaveCount(Clients);
        log.Text.Should().NotContain("Unhandled").And.NotContain("abnormally");
    }

    private static async Task LeaveMidBodyAsync(TestGateway gateway, string path)
    {
        var arriving = (ArrivingBytes)gateway.Services.GetService(typeof(ArrivingBytes))!;
        using var client = await RawHttp.ConnectAsync(gateway.Address);
        await RawHttp.SendAsync(client,
            $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.Tokens.For("demo")}\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n[\"x\"");
        await Until.TrueAsync(() => arriving.Total > 0);
        client.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        await Until.TrueAsync(() => arriving.Total == 0);
    }

    [Fact]
    public async Task BodyInManySmallPieces_IsTaken()
    {
        using var client = await RawHttp.ConnectAsync(_gateway.Address);
        const string Body = """{"data":"slow but whole"}""";
        await RawHttp.SendAsync(client, Head($"Content-Length: {Body.Length}\r\n", close: true));
        foreach (var c in Body)
            await RawHttp.SendAsync(client, c.ToString());
        (await RawHttp.ReadToEndAsync(client))
            .Should().StartWith("HTTP/1.1 200").And.Contain("slow but whole");
    }

    [Fact]
    public async Task ExpectContinue_IsAnsweredOnlyAfterTheTokenWasChecked()
    {
        using var client = await RawHttp.ConnectAsync(_gateway.Address);
        await RawHttp.SendAsync(client,
            "POST /sequence HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 12\r\n"
            + "Expect: 100-continue\r\nConnection: close\r\n\r\n");
        (await RawHttp.ReadToEndAsync(client))
            .Should().StartWith("HTTP/1.1 401").And.NotContain("100 Continue");
    }

    private Task<string> GetAsync(string path) =>
        RawHttp.ExchangeAsync(
            _gateway.Address, $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    private Task<string> ExchangeAsync(string headers, string body, bool close = true) =>
        RawHttp.ExchangeAsync(_gateway.Address, Head(headers, close) + body);

    private string Head(string headers, bool close) =>
        $"POST /sequence HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_gateway.Tokens.For("raw-http")}\r\n"
        + $"Content-Type: application/json\r\n{headers}{(close ? "Connection: close\r\n" : "")}\r\n";
}
