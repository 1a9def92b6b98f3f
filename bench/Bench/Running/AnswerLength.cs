using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Sequencer.Bench.Load;

namespace Sequencer.Bench.Running;

/// <summary>
/// How long the gateway's answers are, so that bare Kestrel can be made to answer at the same length.
/// </summary>
internal static class AnswerLength
{
    /// <summary>Length of the answer to a call as <paramref name="load"/> makes them.</summary>
    public static async Task<long> OfPostAsync(Service service, PostLoad load)
    {
        var entry = new string('x', load.EntryBytes);
        var (path, type, body) = load.Entries == 1
            ? ("sequence", "application/json", $"{{\"data\":\"{entry}\"}}")
            : ("sequence/batch", "application/x-ndjson",
                string.Concat(Enumerable.Repeat($"\"{entry}\"\n", load.Entries)));
        using var http = Client(service, load.Chain);
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
        return answer.Content.Headers.ContentLength!.Value;
    }

    /// <summary>Length of the answer to reading one entry.</summary>
    public static async Task<long> OfGetAsync(Service service, string chain, long index)
    {
        using var http = Client(service, chain);
        var path = string.Create(CultureInfo.InvariantCulture, $"sequence/{index}");
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
        return answer.Content.Headers.ContentLength!.Value;
    }

    private static HttpClient Client(Service service, string chain)
    {
        var http = new HttpClient { BaseAddress = service.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", service.Tokens.For(chain));
        return http;
    }
}
