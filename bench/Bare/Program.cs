using System.Text.Json.Serialization;
using Sequencer.Bare;

// What Kestrel does on this machine with the requests of the benchmark and answers of the same size, when nothing is
// done for them: no token, no durability, no signature. The limit that the gateway is measured against.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Services.ConfigureHttpJsonOptions(
    options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, BareJson.Default));
var app = builder.Build();
var filler = new Filler();
app.MapPut("/filler/{length:int}", (int length) => filler.Resize(length));
app.MapPost("/sequence", (HttpContext context, Transaction transaction) =>
    context.Request.Headers["Prefer"].Count > 0
        ? Results.Json(new MinimalAnswer(0, Filler.LeafHash), BareJson.Default.MinimalAnswer)
        : Results.Json(filler.Answer(0, transaction.Data), BareJson.Default.Answer));
app.MapPost("/sequence/batch", async (HttpContext context) =>
{
    await context.Request.BodyReader.CopyToAsync(Stream.Null, context.RequestAborted);
    return filler.Answer(0, Filler.Entry);
});
app.MapGet("/sequence/{idx}", (ulong idx) => filler.Answer(idx, Filler.Entry));
await app.RunAsync();

namespace Sequencer.Bare
{
    /// <summary>What is posted.</summary>
    internal sealed record Transaction(string Data);

    /// <summary>An answer with the gateway's fields.</summary>
    internal sealed record Answer(ulong Idx, string Data, string Attestation, string CreatedAt);

    /// <summary>The gateway's answer to <c>Prefer: return=minimal</c>.</summary>
    internal sealed record MinimalAnswer(ulong Idx, string LeafHash);

    /// <summary>Texts of the sizes that the gateway's have.</summary>
    internal sealed class Filler
    {
        public static readonly string Entry = new('e', 256);
        public static readonly string LeafHash = new('h', 44);

        private volatile string _attestation = new('a', 512);

        public void Resize(int length) => _attestation = new string('a', length);

        public Answer Answer(ulong idx, string data) => new(idx, data, _attestation, "2026-11-22T19:00:00Z");
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Transaction))]
    [JsonSerializable(typeof(Answer))]
    [JsonSerializable(typeof(MinimalAnswer))]
    internal sealed partial class BareJson : JsonSerializerContext;
}
