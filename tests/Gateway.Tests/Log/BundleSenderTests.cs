using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>Clients that ask for the largest bundles and do not read them.</summary>
public sealed class BundleSenderTests : IAsyncLifetime
{
    private const int Entries = 256;
    private const int EntryBytes = 60_000;
    private const string Path = "/log/demo/tile/entries/000";

    private TestGateway _gateway = null!;

    private BundleBudget Budget => _gateway.Services.GetRequiredService<BundleBudget>();

    public async Task InitializeAsync()
    {
        _gateway = await TestGateway.StartAsync(
            ("chain_defaults:public", "true"), ("reads:bundles_max_bytes", "33554432"),
            ("feed:write_timeout_seconds", "5"));
        var entry = Convert.ToBase64String(new byte[EntryBytes]);
        for (var sent = 0; sent < Entries; sent += 64)
        {
            var lines = string.Concat(
                Enumerable.Repeat($$"""{"data_base64":"{{entry}}"}""" + "\n", 64));
            await (await _gateway.PostAsync(
                "/sequence/batch", "demo", Encoding.UTF8.GetBytes(lines), "application/x-ndjson")).JsonAsync();
        }
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task LargeBundle_ToAReader_IsWhole()
    {
        var answer = await _gateway.GetAsync(Path);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync()).Length.Should().Be(Entries * (EntryBytes + 2));
        (await _gateway.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Path)))
            .Content.Headers.ContentLength.Should().Be(Entries * (EntryBytes + 2));
        await Until.TrueAsync(() => Budget.Held == 0);
    }

    [Fact]
    public async Task LargeBundle_ToAClientThatDoesNotRead_FillsTheBudgetUntilItIsCutOff()
    {
        using var client = await AskAsync();
        await Until.TrueAsync(() => Budget.Held >= Entries * EntryBytes);
        var refused = await _gateway.GetAsync(Path);
        await refused.ShouldBeProblemAsync(503, "bundles_full");
        refused.Headers.RetryAfter!.Delta.Should().BePositive();
        refused.Headers.CacheControl!.NoStore.Should().BeTrue();
        (await _gateway.GetAsync("/log/demo/tile/entries/000.p/1")).StatusCode
            .Should().Be(HttpStatusCode.OK, "small ones are not counted");

        await _gateway.Log.WhenAsync("Cut off a client of");
        await Until.TrueAsync(() => Budget.Held == 0);
        (await ReceivedAsync(client)).Should().BeLessThan(Entries * EntryBytes);
        (await _gateway.GetAsync(Path)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private async Task<TcpClient> AskAsync()
    {
        var client = new TcpClient { ReceiveBufferSize = 64 * 1024 };
        await client.ConnectAsync(_gateway.Address.Host, _gateway.Address.Port);
        await RawHttp.SendAsync(client, $"GET {Path} HTTP/1.1\r\nHost: x\r\n\r\n");
        return client;
    }

    private static async Task<long> ReceivedAsync(TcpClient client)
    {
        var chunk = new byte[64 * 1024];
        var received = 0L;
        try
        {
            int read;
            while ((read = await client.GetStream().ReadAsync(chunk)) > 0)
                received += read;
        }
        catch (IOException)
        {
            // Cut off with a reset.
        }

        return received;
    }
}
