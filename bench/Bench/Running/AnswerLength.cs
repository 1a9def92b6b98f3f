using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Sequencer.Bench.Running;

/// <summary>
/// How long the gateway's answers are, so that bare Kestrel can be made to answer at the same length.
/// </summary>
internal static class AnswerLength
{
    private const int EntryBytes = 256;

    /// <summary>Length of the answer to one posted entry of 256 bytes.</summary>
    public static Task<long> OfPostAsync(Service service, string chain) => OfPostAsync(
        service, chain, "sequence", "application/json", $"{{\"data\":\"{new string('x', EntryBytes)}\"}}");

    /// <summary>Length of the answer to a batch of such entries.</summary>
    public static Task<long> OfBatchAsync(Service service, string chain, int entries) => OfPostAsync(
        service, chain, "sequence/batch", "application/x-ndjson",
        string.Concat(Enumerable.Repeat($"\"{new string('x', EntryBytes)}\"\n", entries)));

    /// <summary>Length of the answer to reading one entry.</summary>
    public static async Task<long> OfGetAsync(Service service, string chain, long index)
    {
        using var http = Client(service, chain);
        var path = string.Create(CultureInfo.InvariantCulture, $"sequence/{index}");
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
        return answer.Content.Headers.ContentLength!.Value;
    }

    private static async Task<long> OfPostAsync(
        Service service, string chain, string path, string contentType, string body)
    {
        using var http = Client(service, chain);
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
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
