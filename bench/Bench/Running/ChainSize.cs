using System.Globalization;
using System.Net.Http.Headers;

namespace Sequencer.Bench.Running;

/// <summary>How many entries a chain has, by its checkpoint.</summary>
internal static class ChainSize
{
    public static async Task<long> ReadAsync(Service service, string chain)
    {
        using var http = new HttpClient { BaseAddress = service.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", service.Tokens.For(chain));
        var note = await http.GetStringAsync(new Uri($"log/{chain}/checkpoint", UriKind.Relative));
        return long.Parse(note.Split('\n')[1], CultureInfo.InvariantCulture);
    }
}
