using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Sequencer.Gateway.Tests;

/// <summary>Reads a feed as it comes, in either of its forms.</summary>
internal sealed class FeedStream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StreamReader _lines;

    private FeedStream(HttpResponseMessage response, Stream body)
    {
        Response = response;
        _lines = new StreamReader(body);
    }

    public HttpResponseMessage Response { get; }

    /// <summary>Signs of life passed over so far.</summary>
    public int KeepAlives { get; private set; }

    private bool IsNdJson => Response.Content.Headers.ContentType!.MediaType == "application/x-ndjson";

    /// <summary>Opens <c>/log/{chain}/feed</c> with a token of the chain.</summary>
    public static async Task<FeedStream> OpenAsync(
        TestGateway gateway, string chain, string query = "", ulong? lastId = null, bool ndJson = false,
        string? token = null, HttpClient? http = null)
    {
        var request = TestGateway.Request(
            HttpMethod.Get, $"/log/{chain}/feed{query}", token ?? gateway.Tokens.For(chain));
        if (lastId is { } id)
            request.Headers.Add("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
        if (ndJson)
            request.Headers.Accept.ParseAdd("application/x-ndjson");
        var response = await (http ?? gateway.Http).SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        return new FeedStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null when the feed ended in good order.</summary>
    public async Task<FeedEvent?> NextAsync()
    {
        string? id = null;
        while (await LineAsync() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                return new FeedEvent(id, JsonNode.Parse(line[6..])!.AsObject());
            else if (line.StartsWith('{'))
                return new FeedEvent(null, JsonNode.Parse(line)!.AsObject());
            else if (line.StartsWith(':') || (IsNdJson && line.Length == 0))
                KeepAlives++;
        }

        return null;
    }

    /// <summary>The next event that is an entry.</summary>
    public async Task<FeedEvent> NextEntryAsync()
    {
        while (await NextAsync() is { } next)
        {
            if (next.IsEntry)
                return next;
        }

        throw new EndOfStreamException("The feed ended.");
    }

    /// <summary>The next so many entries.</summary>
    public async Task<List<FeedEvent>> TakeEntriesAsync(int count)
    {
        var entries = new List<FeedEvent>();
        while (entries.Count < count)
            entries.Add(await NextEntryAsync());
        return entries;
    }

    /// <summary>The next line; null at the end.</summary>
    public Task<string?> LineAsync() => _lines.ReadLineAsync().WaitAsync(Patience);

    public void Dispose()
    {
        _lines.Dispose();
        Response.Dispose();
    }
}
