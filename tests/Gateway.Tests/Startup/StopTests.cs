using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>A stop while the enclave does not answer.</summary>
public sealed partial class StopTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Socket => _folder.Under("enclave.sock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Stop_WhileTheEnclaveHangs_TellsWhoWaitsThatTheOutcomeIsUnknown_AndTheNextStartTellsIt()
    {
        await using (var config = GatewayProcess.Start(_folder.Path, ["config"]))
            (await config.EndAsync()).Should().Be(0, config.Output);
        await using var enclave = new SocketEnclave(Socket);
        await using (var gateway = Serve())
        {
            using var http = await ClientAsync(gateway);
            (await (await SubmitAsync(http, "first")).JsonAsync()).Number("idx").Should().Be(0);
            var rounds = await DurableRoundsAsync(http);
            enclave.Hang();
            var waiting = SubmitAsync(http, "second");
            await Until.TrueAsync(async () => await DurableRoundsAsync(http) > rounds);

            gateway.Terminate();

            await (await waiting).ShouldBeProblemAsync(503, "outcome_unknown");
            (await gateway.EndAsync()).Should().Be(ExitCodes.Stopped, gateway.Output);
            gateway.Output.Should().Contain("accepted transactions without an outcome: 1.")
                .And.NotContain("was finished or refused");
        }

        enclave.Recover();
        await using var next = Serve();
        using var again = await ClientAsync(next);
        (await (await SubmitAsync(again, "second")).JsonAsync()).Number("idx").Should().Be(1);
    }

    private ServerProcess Serve() => GatewayProcess.Start(_folder.Path, [],
        ("SEQUENCER__SERVER__LISTEN", "http://127.0.0.1:0"), ("SEQUENCER__SERVER__STOP_TIMEOUT_SECONDS", "2"),
        ("SEQUENCER__ENCLAVE__ADDRESS", $"unix://{Socket}"));

    /// <summary>A client of a gateway that is ready, with a token for the chain demo.</summary>
    private async Task<HttpClient> ClientAsync(ServerProcess gateway)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(_folder.Under("secrets/jwt.key")));
        var http = new HttpClient { BaseAddress = await gateway.ListeningAsync() };
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", new TestTokens(key).For("demo"));
        await Until.TrueAsync(async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode);
        return http;
    }

    /// <summary>Submits a text, with itself as the key.</summary>
    private static Task<HttpResponseMessage> SubmitAsync(HttpClient http, string text)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/sequence")
        {
            Content = new StringContent($$"""{"data":"{{text}}"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", text);
        return http.SendAsync(request);
    }

    private static async Task<int> DurableRoundsAsync(HttpClient http)
    {
        var metrics = await http.GetStringAsync("/metrics");
        return int.Parse(DurableRounds().Match(metrics).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(?m)^sequencer_commit_duration_seconds_count(?:{.*})? (\d+)$")]
    private static partial Regex DurableRounds();
}
