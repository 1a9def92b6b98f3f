using System.Diagnostics;

namespace Sequencer.Bench.Running;

/// <summary>Waits until a server answers.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>Asks until the answer is a success; how long that took.</summary>
    public static async Task<TimeSpan> WaitAsync(Uri address, Action requireRunning)
    {
        var started = Stopwatch.GetTimestamp();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        while (Stopwatch.GetElapsedTime(started) < Timeout)
        {
            if (await AnswersAsync(http, address))
                return Stopwatch.GetElapsedTime(started);
            requireRunning();
            await Task.Delay(Pause);
        }

        throw new BenchException($"{address} did not answer within {Timeout.TotalSeconds:0} s.");
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri address)
    {
        try
        {
            using var answer = await http.GetAsync(address);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
