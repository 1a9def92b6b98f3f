using System.Net.Sockets;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>
/// Bodies that do not come to an end take a bounded share of the memory, and hold up nobody.
/// </summary>
public sealed class ArrivingTests : IAsyncLifetime
{
    private TestGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await TestGateway.StartAsync(
        // A head and what is sent of its body come by one read of 4 KiB: the gateway looks once, and counts it twice,
        // for what may come before it looks again.
        ("server:chain_arriving_max_bytes", "2000"), ("server:arriving_max_bytes", "3000"),
        // Nobody is cut off for being slow while the others are looked at.
        ("server:body_min_bytes_per_second", "0"));

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task MoreArrivingThanOneChainMay_Is429_ThanAllMay_Is503()
    {
        using var first = await SendHalfAsync("noisy", 900);
        using var second = await SendHalfAsync("noisy", 900);
        (await RawHttp.ReadToEndAsync(second)).Should()
            .StartWith("HTTP/1.1 429").And.Contain("chain_arriving_full").And.Contain("Retry-After: 1");
        using var third = await SendHalfAsync("other", 900);
        (await RawHttp.ReadToEndAsync(third)).Should().StartWith("HTTP/1.1 503").And.Contain("arriving_full");
        // Small bodies that are whole at once are served all the while.
        await (await _gateway.PostJsonAsync("/sequence", "noisy", """{"data":"x"}""")).JsonAsync();
        await (await _gateway.PostJsonAsync("/sequence", "quiet", """{"data":"x"}""")).JsonAsync();
    }

    /// <summary>
    /// Begins a batch, and returns when the gateway has counted or refused what was sent of it.
    /// </summary>
    private async Task<TcpClient> SendHalfAsync(string chain, int bytes)
    {
        var arriving = (ArrivingBytes)_gateway.Services.GetService(typeof(ArrivingBytes))!;
        var before = arriving.Total;
        var client = await RawHttp.ConnectAsync(_gateway.Address);
        await RawHttp.SendAsync(client,
            "POST /sequence/batch HTTP/1.1\r\nHost: x\r\n"
            + $"Authorization: Bearer {_gateway.Tokens.For(chain)}\r\n"
            + "Content-Type: application/x-ndjson\r\nContent-Length: 60000\r\n\r\n\""
            + new string('x', bytes));
        await Until.TrueAsync(() => arriving.Total != before || client.Available > 0);
        return client;
    }
}
