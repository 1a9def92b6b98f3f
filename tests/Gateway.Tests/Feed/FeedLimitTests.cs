using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>How a feed ends, and who may have one.</summary>
public class FeedLimitTests
{
    [Theory]
    [InlineData("feed:readers_max", 503, "feed_full")]
    [InlineData("feed:chain_readers_max", 429, "feed_chain_full")]
    [InlineData("feed:client_readers_max", 429, "feed_client_full")]
    public async Task ReaderOverALimit_IsRefused_UntilAnotherLeaves(string limit, int status, string code)
    {
        await using var gateway = await TestGateway.StartAsync((limit, "1"));
        await SubmitAsync(gateway, "x"u8.ToArray());
        using (await FeedStream.OpenAsync(gateway, "demo"))
        {
            var refused = await gateway.GetAsync("/log/demo/feed", "demo");
            await refused.ShouldBeProblemAsync(status, code);
            refused.Headers.RetryAfter!.Delta.Should().BePositive();
        }

        var readers = gateway.Services.GetRequiredService<FeedReaders>();
        await Until.TrueAsync(() => readers.Count == 0);
        using var other = await FeedStream.OpenAsync(gateway, "demo");
        readers.Count.Should().Be(1);
    }

    [Fact]
    public async Task ReaderThatTakesNothing_IsCutOff_AndGoesOnWithItsLastId()
    {
        const int Count = 600;
        await using var gateway = await TestGateway.StartAsync(
            ("feed:write_timeout_seconds", "1"), ("feed:keep_alive_seconds", "1"));
        // More than the buffers of both sockets hold.
        for (var i = 0; i < Count; i += 100)
            await SubmitAsync(gateway, [.. Enumerable.Repeat(new byte[60_000], 100)]);
        var received = new List<ulong>();
        using (var feed = await FeedStream.OpenAsync(gateway, "demo", "?form=base64"))
        {
            received.Add((await feed.NextEntryAsync()).Index);
            await gateway.Log.WhenAsync("Cut off a reader of \"demo\" at index");
            var reading = async () =>
            {
                while (true)
                    received.Add((await feed.NextEntryAsync()).Index);
            };
            await reading.Should().ThrowAsync<IOException>("half an answer must not look like a whole one");
        }

        received.Count.Should().BeLessThan(Count);
        while (received.Count < Count)
        {
            using var rest = await FeedStream.OpenAsync(gateway, "demo", "?form=base64", lastId: received[^1]);
            try
            {
                while (received.Count < Count)
                    received.Add((await rest.NextEntryAsync()).Index);
            }
            catch (IOException)
            {
                // Cut off once more, if this machine was busy for a second.
            }
        }

        received.Should().Equal(Enumerable.Range(0, Count).Select(i => (ulong)i));
    }

    [Theory]
    [InlineData(false, ": keep-alive")]
    [InlineData(true, "")]
    public async Task IdleReader_GetsSignsOfLife(bool ndJson, string sign)
    {
        await using var gateway = await TestGateway.StartAsync(("feed:keep_alive_seconds", "1"));
        await SubmitAsync(gateway, "x"u8.ToArray());
        using var feed = await FeedStream.OpenAsync(gateway, "demo", "?from=next", ndJson: ndJson);
        await feed.NextAsync();
        if (!ndJson)
            (await feed.LineAsync()).Should().BeEmpty("an event ends with an empty line");
        (await feed.LineAsync()).Should().Be(sign);
    }

    [Fact]
    public async Task Feed_EndsInGoodOrder_WhenTheServiceStops()
    {
        var gateway = await TestGateway.StartAsync();
        await SubmitAsync(gateway, "x"u8.ToArray());
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var feed = await FeedStream.OpenAsync(gateway, "demo", "?from=next", http: http);
        await feed.NextAsync();
        var end = feed.NextAsync();
        await gateway.DisposeAsync();
        (await end).Should().BeNull();
    }

    [Fact]
    public async Task Feed_EndsInGoodOrder_WhenItsTokenExpires()
    {
        await using var gateway = await TestGateway.StartAsync(("feed:keep_alive_seconds", "1"));
        await SubmitAsync(gateway, "x"u8.ToArray());
        var claims = TestTokens.Claims("demo");
        claims["exp"] = JsonValue.Create(DateTimeOffset.UtcNow.AddSeconds(5).ToUnixTimeSeconds());
        using var feed = await FeedStream.OpenAsync(
            gateway, "demo", "?from=next", token: gateway.Tokens.Sign(claims));
        await feed.NextAsync();
        (await feed.NextAsync()).Should().BeNull();
        feed.Response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private static async Task SubmitAsync(TestGateway gateway, params byte[][] entries)
    {
        var lines = string.Concat(entries.Select(
            entry => $$"""{"data_base64":"{{Convert.ToBase64String(entry)}}"}""" + "\n"));
        await (await gateway.PostAsync(
            "/sequence/batch", "demo", Encoding.UTF8.GetBytes(lines), "application/x-ndjson")).JsonAsync();
    }
}
