using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Load;

/// <summary>Makes a chain of a certain size through the service's own batch endpoint.</summary>
internal static class Filler
{
    private const int EntryBytes = 256;
    private const int BatchEntries = 4_000;
    private const int Senders = 4;
    private const int BodiesPrepared = 16;

    /// <summary>Appends entries of 256 bytes of random text.</summary>
    /// <returns>Entries a second.</returns>
    public static async Task<double> FillAsync(Service service, string chain, long count)
    {
        var bodies = Enumerable.Range(0, BodiesPrepared).Select(seed => MakeLines(seed, BatchEntries)).ToArray();
        var left = count;
        var started = Stopwatch.GetTimestamp();
        using var http = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(2) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", service.Tokens.For(chain));
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            for (var turn = sender;
                Interlocked.Add(ref left, -BatchEntries) is var rest && rest > -BatchEntries;
                turn++)
            {
                var body = rest >= 0
                    ? bodies[turn % BodiesPrepared]
                    : MakeLines(BodiesPrepared + turn, (int)(BatchEntries + rest));
                await PostAsync(http, "sequence/batch", "application/x-ndjson", body);
            }
        }));
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Makes chains exist, by one transaction each.</summary>
    public static async Task CreateChainsAsync(Service service, IEnumerable<string> chains)
    {
        const int AtOnce = 128;
        using var http = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(2) };
        await Parallel.ForEachAsync(chains, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (chain, _) => await PostAsync(
                http, "sequence", "application/json", "{\"data\":\"first\"}"u8.ToArray(), service.Tokens.For(chain)));
    }

    private static async Task PostAsync(
        HttpClient http, string path, string type, byte[] body, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
            throw new BenchException(
                $"{path} answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    private static byte[] MakeLines(int seed, int count)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var random = new Random(4000 + seed);
        var lines = new StringBuilder(count * (EntryBytes + 3));
        for (var i = 0; i < count; i++)
            lines.Append('"').Append(random.GetString(Alphabet, EntryBytes)).Append("\"\n");
        return Encoding.ASCII.GetBytes(lines.ToString());
    }
}
