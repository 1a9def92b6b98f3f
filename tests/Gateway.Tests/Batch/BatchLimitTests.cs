
namespace Sequencer.Gateway.Tests;

public sealed class BatchLimitTests : IAsyncLifetime
{
    private TestGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await TestGateway.StartAsync(
        ("sequencer:batch_max_entries", "10"), ("sequencer:batch_max_bytes", "70000"),
        ("server:batch_body_max_bytes", "100000"), ("server:body_timeout_seconds", "2"),
        ("server:chain_arriving_max_bytes", "20000"), ("server:arriving_max_bytes", "30000"));

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task TooManyEntries_Is413()
    {
        var body = "[" + string.Join(',', Enumerable.Repeat("\"x\"", 11)) + "]";
        await (await _gateway.PostJsonAsync("/sequence/batch", "demo", body)).ShouldBeProblemAsync(413, "batch_too_large");
    }

    [Fact]
    public async Task BodyOverItsLimit_Is413AndClosesTheConnection()
    {
        var response = await _gateway.PostJsonAsync("/sequence/batch", "demo", new string(' ', 100_001));
        await response.ShouldBeProblemAsync(413, "body_too_large");
        response.Headers.ConnectionClose.Should().BeTrue();
    }

    [Fact]
    public async Task ChunkedBodyOverItsLimit_IsCutOffWhileItArrives()
    {
        using var client = await RawHttp.ConnectAsync(_gateway.Address);
        await RawHttp.SendAsync(client, Head("Transfer-Encoding: chunked"));
        // Never ends: white space is good JSON, so only the limit can stop it.
        var chunk = "4000\r\n" + new string(' ', 0x4000) + "\r\n";
        for (var i = 0; i < 7; i++)
            await RawHttp.SendAsync(client, chunk);
        (await RawHttp.ReadToEndAsync(client)).Should().StartWith("HTTP/1.1 413").And.Contain("body_too_large");
    }

    [Fact]
    public async Task BodyThatStops_Is408AfterItsTime()
    {
        using var client = await RawHttp.ConnectAsync(_gateway.Address);
        await RawHttp.SendAsync(client, Head("Content-Length: 1000") + "\"a\"\n");
        var answer = await RawHttp.ReadToEndAsync(client);
        answer.Should().StartWith("HTTP/1.1 408").And.Contain("body_timeout").And.Contain("Connection: close");
    }

    [Fact]
    public async Task MoreArrivingThanOneChainMay_Is429_ThanAllMay_Is503()
    {
        using var first = await SendHalfAsync("noisy", 15_000);
        using var second = await SendHalfAsync("noisy", 15_000);
        (await RawHttp.ReadToEndAsync(second)).Should()
            .StartWith("HTTP/1.1 429").And.Contain("chain_arriving_full").And.Contain("Retry-After: 1");
        using var third = await SendHalfAsync("other", 18_000);
        (await RawHttp.ReadToEndAsync(third)).Should().StartWith("HTTP/1.1 503").And.Contain("arriving_full");
        // Small bodies that are whole at once are served all the while.
        await (await _gateway.PostJsonAsync("/sequence", "noisy", """{"data":"x"}""")).JsonAsync();
        await (await _gateway.PostJsonAsync("/sequence", "quiet", """{"data":"x"}""")).JsonAsync();
    }

    private string Head(string framing, string chain = "demo") =>
        $"POST /sequence/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_gateway.Tokens.For(chain)}\r\n"
        + $"Content-Type: application/x-ndjson\r\n{framing}\r\n\r\n";

    /// <summary>Begins a request, and returns when the gateway has counted what was sent of it.</summary>
    private async Task<System.Net.Sockets.TcpClient> SendHalfAsync(string chain, int bytes)
    {
        var arriving = (ArrivingBytes)_gateway.Services.GetService(typeof(ArrivingBytes))!;
        var before = arriving.Total;
        var client = await RawHttp.ConnectAsync(_gateway.Address);
        await RawHttp.SendAsync(client, Head("Content-Length: 60000", chain) + "\"" + new string('x', bytes));
        while (arriving.Total == before && client.Available == 0)
            await Task.Yield();
        return client;
    }
}
