using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Sequencer.Chaos.LiveTests;

/// <summary>A chain that offers ten times what it may, beside a quiet one, on a real gateway.</summary>
public sealed class FloodTests(ITestOutputHelper output)
{
    private const int LimitPerSecond = 2_000;
    private const int Offered = 10 * LimitPerSecond;
    private const int BatchEntries = 20;
    private const int Senders = 8;
    private const int EntryBytes = 200;

    private readonly List<string> _curve = [];
    private readonly List<double> _quietMs = [];
    private long _taken;
    private long _refused;
    private long _other;

    private static int Seconds => int.TryParse(
        Environment.GetEnvironmentVariable("FLOOD_SECONDS"), CultureInfo.InvariantCulture, out var value) ? value : 15;

    [Fact]
    public async Task AFloodOfTenTimesTheQuota_LeavesMemoryFlatAndTheQuietChainServed()
    {
        using var deployment = new Deployment(
            ("SEQUENCER__CHAIN_DEFAULTS__TRANSACTIONS_PER_SECOND", $"{LimitPerSecond}"));
        await deployment.WhenReadyAsync();
        var (noisy, quiet) = (Token(deployment, "noisy"), Token(deployment, "quiet"));
        using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(Seconds));
        var senders = Enumerable.Range(0, Senders)
            .Select(_ => Task.Run(() => FloodAsync(deployment.Url, noisy, ending.Token))).ToArray();
        var calls = Task.Run(() => CallQuietlyAsync(deployment.Url, quiet, ending.Token));

        var resident = await WatchAsync(deployment, ending.Token);
        await Task.WhenAll([.. senders, calls]);

        _quietMs.Sort();
        var summary = string.Create(CultureInfo.InvariantCulture,
            $"flood: {Seconds} s, offered {(_taken + _refused + _other) / Seconds}/s, taken {_taken / Seconds}/s, "
            + $"refused 429 {_refused}, other {_other}; resident MiB start {resident[0]}, peak {resident.Max()}, "
            + $"end {resident[^1]}; quiet chain {_quietMs.Count} calls, p50 {_quietMs[_quietMs.Count / 2]:0.0} ms, "
            + $"p99 {_quietMs[_quietMs.Count * 99 / 100]:0.0} ms, most {_quietMs[^1]:0.0} ms");
        output.WriteLine(string.Join('\n', [.. _curve, summary]));
        _other.Should().Be(0);
        _refused.Should().BePositive();
        _taken.Should().BeLessThanOrEqualTo(LimitPerSecond * (Seconds + 2));
        // Warm caches and write buffers have their own bounds; half the run must not add to them.
        resident[^1].Should().BeLessThan(resident[resident.Count / 2] + 150);
    }

    private static string Token(Deployment deployment, string chain) => deployment
        .Run("Cli", "sequencer", "token", "--key", "secrets/jwt.key", "--chain", chain).Trim();

    private static HttpClient Client(Uri url, string token)
    {
        var http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private async Task FloodAsync(Uri url, string token, CancellationToken ending)
    {
        using var http = Client(url, token);
        var line = $"\"{new string('x', EntryBytes)}\"\n";
        var batch = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, BatchEntries)));
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds((double)BatchEntries * Senders / Offered));
        try
        {
            while (await pace.WaitForNextTickAsync(ending))
            {
                using var content = new ByteArrayContent(batch);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                using var answer = await http.PostAsync(new Uri("/sequence/batch", UriKind.Relative), content, ending);
                Interlocked.Add(ref Counter(answer.StatusCode), BatchEntries);
            }
        }
        catch (OperationCanceledException)
        {
            // The flood is over.
        }
    }

    private ref long Counter(HttpStatusCode status)
    {
        if (status == HttpStatusCode.OK)
            return ref _taken;
        if (status == HttpStatusCode.TooManyRequests)
            return ref _refused;
        return ref _other;
    }

    private async Task CallQuietlyAsync(Uri url, string token, CancellationToken ending)
    {
        using var http = Client(url, token);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            for (var n = 0; await pace.WaitForNextTickAsync(ending); n++)
            {
                var started = Stopwatch.GetTimestamp();
                using var content = new StringContent(
                    new JsonObject { ["data"] = $"quiet {n}" }.ToJsonString(), Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync(new Uri("/sequence", UriKind.Relative), content, ending);
                answer.EnsureSuccessStatusCode();
                _quietMs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }
        catch (OperationCanceledException)
        {
            // The flood is over.
        }
    }

    /// <summary>The gateway's resident size in MiB, each second; the curve has twenty points.</summary>
    private async Task<List<long>> WatchAsync(Deployment deployment, CancellationToken ending)
    {
        List<long> resident = [];
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            do
            {
                resident.Add(deployment.GatewayResidentBytes >> 20);
                if ((resident.Count - 1) % Math.Max(1, Seconds / 20) == 0)
                    _curve.Add($"flood: {resident.Count - 1,4} s {resident[^1],5} MiB");
            }
            while (await pace.WaitForNextTickAsync(ending));
        }
        catch (OperationCanceledException)
        {
            // The flood is over.
        }

        return resident;
    }
}
