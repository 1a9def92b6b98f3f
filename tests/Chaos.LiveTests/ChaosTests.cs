using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Sequencer.Tlog;
using Xunit.Abstractions;

namespace Sequencer.Chaos.LiveTests;

/// <summary>Real processes killed at random moments under real HTTP load.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Clients = 16;
    private const string Chain = "chaos";

    private static int Runs => Setting("CHAOS_RUNS", 9);

    private static int Seed => Setting("CHAOS_SEED", Environment.TickCount);

    [Fact]
    public async Task KillNine_OfGatewayAndEnclaveUnderLoad_LosesNoReceiptAndMakesNoneWrong()
    {
        var seed = Seed;
        var random = new Random(seed);
        using var deployment = new Deployment();
        await deployment.WhenReadyAsync();
        var token = deployment.Run("Cli", "sequencer", "token", "--key", "secrets/jwt.key", "--chain", Chain).Trim();
        using var load = new Load(deployment.Url, token);
        load.Start(Clients);

        for (var run = 0; run < Runs; run++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, 1_500)));
            await KillAndRestartAsync(deployment, random.Next(3));
        }

        await load.StopAsync();
        var receipts = load.Receipts;
        var lost = await CountLostAsync(deployment.Url, token, receipts);
        var wrong = CountWrong(await LogKeyAsync(deployment.Url), receipts);
        var summary = string.Create(CultureInfo.InvariantCulture,
            $"chaos: seed {seed}, {Runs} kills, {receipts.Count} receipts, {lost} lost, {wrong} wrong");
        output.WriteLine(summary);
        Console.WriteLine(summary);

        receipts.Should().HaveCountGreaterThan(Clients);
        receipts.Select(receipt => receipt.Index).Should().OnlyHaveUniqueItems();
        lost.Should().Be(0);
        wrong.Should().Be(0);
        Audit(deployment, token);
    }

    private static async Task KillAndRestartAsync(Deployment deployment, int which)
    {
        var (gateway, enclave) = (which != 1, which != 0);
        if (gateway)
            deployment.KillGateway();
        if (enclave)
            deployment.KillEnclave();
        if (enclave)
            deployment.RestartEnclave();
        if (gateway)
            deployment.RestartGateway();
        await deployment.WhenReadyAsync();
    }

    /// <summary>Receipts whose index does not name their bytes any more.</summary>
    private static async Task<int> CountLostAsync(Uri url, string token, IEnumerable<Receipted> receipts)
    {
        using var http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var lost = 0;
        foreach (var receipt in receipts)
        {
            using var answer = await http.GetAsync(new Uri($"/sequence/{receipt.Index}", UriKind.Relative));
            var data = answer.IsSuccessStatusCode
                ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!.GetValue<string>()
                : null;
            lost += data == receipt.Data ? 0 : 1;
        }

        return lost;
    }

    /// <summary>Receipts that do not verify by themselves.</summary>
    private static int CountWrong(VerifierKey logKey, IEnumerable<Receipted> receipts)
    {
        var wrong = 0;
        foreach (var receipt in receipts)
        {
            try
            {
                var proof = TlogProof.Parse(receipt.Receipt);
                var note = SignedNote.Parse(proof.Checkpoint);
                note.Verify([logKey]);
                var checkpoint = Checkpoint.Parse(note.Text);
                InclusionProof.Verify(
                    receipt.Index, checkpoint.Size, MerkleHash.Leaf(Encoding.UTF8.GetBytes(receipt.Data)),
                    proof.Hashes.ToArray(), checkpoint.Root);
            }
            catch (TlogException)
            {
                wrong++;
            }
        }

        return wrong;
    }

    private static async Task<VerifierKey> LogKeyAsync(Uri url)
    {
        using var http = new HttpClient();
        var epochs = JsonNode.Parse(await http.GetStringAsync(new Uri(url, $"/log/{Chain}/epochs")))!;
        return VerifierKey.Parse(epochs["log_key"]!.GetValue<string>());
    }

    private static void Audit(Deployment deployment, string token)
    {
        var url = deployment.Url.ToString();
        deployment.Run("Cli", "sequencer", "policy", url, Chain, "--out", "trust");
        deployment.Run(
            "Cli", "sequencer", "audit", url, Chain, "--token", token, "--policy", "trust/policy",
            "--images", "trust/images.json", "--simulated-root", "trust/simulated-root.pem")
            .Should().Contain("SOUND");
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value
            : fallback;
}
