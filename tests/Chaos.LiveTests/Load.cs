using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Sequencer.Chaos.LiveTests;

/// <summary>What a client was told for ever.</summary>
internal sealed record Receipted(ulong Index, string Data, string Receipt);

/// <summary>
/// Clients that submit without a pause, each transaction with an idempotency key, and try again with it until they
/// have a receipt, as a careful client would.
/// </summary>
internal sealed class Load(Uri url, string token) : IDisposable
{
    private readonly ConcurrentBag<Receipted> _receipts = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public IReadOnlyCollection<Receipted> Receipts => _receipts;

    public void Start(int clients) =>
        _running = Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => RunAsync(client))));

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(int client)
    {
        using var http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        for (var number = 0; !_stopping.IsCancellationRequested; number++)
        {
            var data = $"client {client}, transaction {number}";
            while (await TrySubmitAsync(http, data) is var receipted)
            {
                if (receipted is not null)
                {
                    _receipts.Add(receipted);
                    break;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private static async Task<Receipted?> TrySubmitAsync(HttpClient http, string data)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sequence")
            {
                Content = new StringContent(
                    new JsonObject { ["data"] = data }.ToJsonString(), Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("Idempotency-Key", data.Replace(' ', '-'));
            using var answer = await http.SendAsync(request);
            if (!answer.IsSuccessStatusCode)
                return null;
            var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            return new Receipted(
                json["idx"]!.GetValue<ulong>(), data, json["attestation"]!.GetValue<string>());
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            // Killed in the middle: the outcome is unknown, and the same key asks for it again.
            return null;
        }
    }
}
