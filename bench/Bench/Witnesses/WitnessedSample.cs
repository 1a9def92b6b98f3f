using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Sequencer.Bench.Figures;
using Sequencer.Bench.Running;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Bench.Witnesses;

/// <summary>Verifies receipts of witnessed finality, as a client does whose policy demands the quorum.
/// </summary>
internal static class WitnessedSample
{
    private const int Count = 64;

    /// <summary>Submits transactions at one time, and verifies the receipt of each.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="VerificationException">When one does not hold.</exception>
    public static async Task<int> VerifyAsync(Service service, string chain)
    {
        var (trust, document) = await ServiceTrust.ReadAsync(service, chain);
        var verifier = new ReceiptVerifier(
            TlogPolicy.Parse($"log {trust.LogKey}\n{service.Witnesses!.Policy}"),
            new EnclaveVerifier(trust.Images, trust.SimulatedRoot));
        using var http = new HttpClient { BaseAddress = service.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", service.Tokens.For(chain));
        http.DefaultRequestHeaders.Add("Prefer", "finality=witnessed");
        await Task.WhenAll(Enumerable.Range(0, Count).Select(async number =>
        {
            var transaction = string.Create(CultureInfo.InvariantCulture, $"sample {number}");
            var receipt = await SubmitAsync(http, transaction);
            verifier.Verify(receipt, Encoding.UTF8.GetBytes(transaction), document);
        }));
        return Count;
    }

    private static async Task<string> SubmitAsync(HttpClient http, string transaction)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(transaction));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await http.PostAsync(new Uri("sequence", UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new BenchException($"sequence answered {answer.StatusCode}: {text}");
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("attestation").GetString()!;
    }
}
