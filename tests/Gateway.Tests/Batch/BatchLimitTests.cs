
namespace Sequencer.Gateway.Tests;

public sealed class BatchLimitTests : IAsyncLifetime
{
    private TestGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await TestGateway.StartAsync(
        ("sequencer:batch_max_entries", "10"), ("sequencer:batch_max_bytes", "70000"),
        ("server:batch_body_max_bytes", "100000"), ("server:body_timeout_seconds", "2"));

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task TooManyEntries_Is413()
    {
        var body = "[" + string.Join(',', Enumerable.Repeat("\"x\"", 11)) + "]";
        await (await _gateway.PostJsonAsync("/sequence/batch", "demo", body)).ShouldBeProblemAsync(
            413, "batch_too_large");
    }

    [Fact]
    public async Task TooManyBytes_Is413WithThePositionOfTheEntryThatIsTooMuch()
    {
        var body = $"[\"{new string('x', 60_000)}\",\"{new string('y', 20_000)}\",\"z\"]";
        var problem = await (await _gateway.PostJsonAsync("/sequence/batch", "demo", body))
            .ShouldBeProblemAsync(413, "batch_too_large");
        problem["position"]!.GetValue<int>().Should().Be(1);
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
        (await RawHttp.ReadToEndAsync(client))
            .Should().StartWith("HTTP/1.1 413").And.Contain("body_too_large");
    }

    [Fact]
    public async Task BodyThatStops_Is408AfterItsTime()
    {
        using var client = await RawHttp.ConnectAsync(_gateway.Address);
        await RawHttp.SendAsync(client, Head("Content-Length: 1000") + "\"a\"\n");
        var answer = await RawHttp.ReadToEndAsync(client);
        answer
            .Should().StartWith("HTTP/1.1 408").And.Contain("body_timeout").And.Contain("Connection: close");
    }

    private string Head(string framing) =>
        $"POST /sequence/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_gateway.Tokens.For("demo")}\r\n"
        + $"Content-Type: application/x-ndjson\r\n{framing}\r\n\r\n";
}
