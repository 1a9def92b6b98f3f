using System.Net;
using System.Text;
using System.Text.Json;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Fixtures;

/// <summary>
/// Serves a <see cref="TestLog"/> as a gateway would, without sockets: checkpoint, tiles, bundles, epochs,
/// and entries by index. Any path can be replaced by other bytes, or be missing.
/// </summary>
internal sealed class StaticGateway(TestLog log) : HttpMessageHandler
{
    private readonly Dictionary<string, byte[]?> _replaced = [];
    private readonly Dictionary<string, Func<HttpResponseMessage>> _refused = [];

    /// <summary>Paths that were asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The bytes at a path as an honest gateway serves them.</summary>
    public byte[] Honest(string path) =>
        Serve(path) ?? throw new ArgumentException($"There is no {path}.", nameof(path));

    /// <summary>Serves other bytes at a path below the log's prefix; null makes it missing.</summary>
    public StaticGateway Replace(string path, byte[]? bytes)
    {
        _replaced[path] = bytes;
        return this;
    }

    /// <summary>Refuses a path below the log's prefix, and what is below it.</summary>
    public StaticGateway Refuse(string path, HttpStatusCode status)
    {
        _refused[path] = () => new HttpResponseMessage(status);
        return this;
    }

    /// <summary>Serves a checkpoint as the newest, and says that no quorum has cosigned any yet.</summary>
    public StaticGateway Unwitnessed()
    {
        _refused["checkpoint"] = ScriptedGateway.Problem(
            HttpStatusCode.NotFound, "checkpoint_unwitnessed", "No quorum has cosigned a checkpoint yet.");
        return Replace("checkpoint?latest", Honest("checkpoint"));
    }

    /// <summary>Changes one bit of what is served at a path below the log's prefix.</summary>
    public StaticGateway Flip(string path, int at)
    {
        var bytes = Honest(path);
        bytes[at] ^= 1;
        return Replace(path, bytes);
    }

    public SequencerClient Connect(string? token = null) => new(
        new HttpClient(this, disposeHandler: false) { BaseAddress = new("http://gateway.test/") },
        new() { Token = token, AttemptsMax = 1 });

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.PathAndQuery[1..];
        lock (Asked)
            Asked.Add(path);
        var prefix = $"log/{TestLog.Chain}/";
        var below = path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : $"/{path}";
        if (_refused.TryGetValue(below.Split('/')[0], out var refusal))
            return Task.FromResult(refusal());
        var bytes = _replaced.TryGetValue(below, out var other) ? other : Serve(below);
        return Task.FromResult(bytes is null
            ? NotFound(below)
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(bytes) });
    }

    private static HttpResponseMessage NotFound(string path) => ScriptedGateway.Problem(HttpStatusCode.NotFound,
        path.StartsWith("tile/", StringComparison.Ordinal) ? "tile_unknown"
            : path.StartsWith('/') ? "index_unknown" : "chain_unknown",
        "There is none.")();

    private byte[]? Serve(string path)
    {
        if (path == "checkpoint")
            return Encoding.UTF8.GetBytes(log.NoteAt(log.Size));
        if (path == "epochs")
            return EpochsJson();
        if (TileId.TryParse(path, out var tile))
            return tile.ExistsAt(log.Size) ? log.Tree.Tile(tile) : null;
        if (EntryBundlePath.TryParse(path, out var bundle))
            return bundle.ExistsAt(log.Size) ? log.Bundle(bundle) : null;
        const string entry = "/sequence/";
        return path.StartsWith(entry, StringComparison.Ordinal) ? EntryJson(path[entry.Length..]) : null;
    }

    private byte[]? EntryJson(string indexAndQuery)
    {
        var parts = indexAndQuery.Split('?');
        if (!int.TryParse(parts[0], out var index) || index >= (int)log.Size)
            return null;
        return Write(json =>
        {
            json.WriteNumber("idx", index);
            json.WriteBase64String("data_base64", TestLog.Entry(index));
            json.WriteString("attestation",
                log.Receipt(index, bundle: indexAndQuery.Contains("bundle=true", StringComparison.Ordinal)));
            json.WriteString("created_at", DateTimeOffset.FromUnixTimeSeconds((long)TestLog.Time));
        });
    }

    private byte[] EpochsJson() => Write(json =>
    {
        json.WriteString("origin", log.Epochs.Origin);
        json.WriteString("log_key", log.Epochs.LogKey);
        json.WriteStartArray("epochs");
        foreach (var epoch in log.Epochs.Epochs)
        {
            json.WriteStartObject();
            json.WriteNumber("start_size", epoch.StartSize);
            json.WriteString("key", epoch.CosignerKey);
            json.WriteBase64String("attestation_document", epoch.AttestationDocument.Span);
            json.WriteString("handover", epoch.Handover);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
