using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Fixtures;

/// <summary>
/// A gateway whose feed is told line by line, a script for each connection; everything else it serves as
/// <see cref="StaticGateway"/> does. When the scripts are used up, it refuses.
/// </summary>
internal sealed class FeedGateway(TestLog log, params string[][] scripts)
    : DelegatingHandler(new StaticGateway(log))
{
    /// <summary>Ends a line of which the rest never came.</summary>
    public const string Cut = "\0";

    /// <summary>The <c>Last-Event-ID</c> of each connection.</summary>
    public List<string?> Resumed { get; } = [];

    /// <summary>Entry i of the log as it is.</summary>
    public static string Entry(int index) => Entry(index, TestLog.Entry(index));

    public static string Entry(int index, byte[] data) => new JsonObject
    {
        ["idx"] = index,
        ["data_base64"] = Convert.ToBase64String(data),
        ["created_at"] = "2026-11-22T19:00:00Z",
    }.ToJsonString();

    /// <summary>Entries of the log as they are, and the checkpoint of a size behind them.</summary>
    public static IEnumerable<string> Honest(TestLog log, int first, int end, int size) =>
        Enumerable.Range(first, end - first).Select(Entry).Append(Checkpoint(log, end, size));

    public static string Checkpoint(TestLog log, int next, int size) =>
        Checkpoint(next, log.NoteAt((ulong)size), Proof(log, next, size));

    public static string Checkpoint(int next, string note, Hash[] proof) => new JsonObject
    {
        ["next_idx"] = next,
        ["checkpoint"] = note,
        ["consistency"] = new JsonArray([.. proof.Select(hash => (JsonNode)hash.ToString())]),
    }.ToJsonString();

    public static Hash[] Proof(TestLog log, int next, int size) =>
        ConsistencyProof.Build((ulong)next, (ulong)size, log.Tree);

    public LogFollower Follow(
        TlogPolicy? policy = null, FeedOptions? options = null, EnclaveVerifier? enclaves = null)
    {
        var http = new HttpClient(this, disposeHandler: false) { BaseAddress = new("http://gateway.test/") };
        var client = new SequencerClient(http, new() { AttemptsMax = 1 }, new InstantTime());
        ChainId.TryParse(TestLog.Chain, out var chain).Should().BeTrue();
        options ??= new();
        // The one time that the instant clock lets pass for ever.
        options.SilenceMs = new SequencerClientOptions().AttemptTimeoutMs;
        options.AttemptsMax = 3;
        return new LogFollower(client, chain, enclaves ?? log.Enclaves, policy ?? log.Policy, options);
    }

    /// <summary>Follows until it fails, and keeps what it gave.</summary>
    public static async Task<(List<FeedEntry> Entries, Exception Failure)> DrainAsync(
        IAsyncEnumerable<FeedEntry> feed)
    {
        var entries = new List<FeedEntry>();
        try
        {
            await foreach (var entry in feed)
                entries.Add(entry);
        }
        catch (Exception failure) when (failure is FeedException or SequencerClientException)
        {
            return (entries, failure);
        }

        throw new InvalidOperationException("A feed has no end.");
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.RequestUri!.AbsolutePath.EndsWith("/feed", StringComparison.Ordinal))
            return base.SendAsync(request, cancellationToken);
        Resumed.Add(request.Headers.TryGetValues("Last-Event-ID", out var ids) ? ids.Single() : null);
        return Task.FromResult(Resumed.Count > scripts.Length
            ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
            : new HttpResponseMessage
            {
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Text(scripts[Resumed.Count - 1]))),
            });
    }

    private static string Text(string[] lines) =>
        string.Concat(lines.Select(line => line + "\n")).Replace(Cut + "\n", "", StringComparison.Ordinal);
}
