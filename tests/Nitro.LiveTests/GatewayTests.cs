using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Sequencer.Attestation;
using Xunit.Abstractions;

namespace Sequencer.Nitro.LiveTests;

/// <summary>The whole system but AWS: HTTP, a real gateway, its ledger, and the emulated enclave.</summary>
[Trait("Category", "nitro")]
public class GatewayTests(ITestOutputHelper output)
{
    private const string Chain = "nitro-test";
    private const int ManyEntries = 100_000;
    private const int EntriesPerRequest = 10_000;
    private const int SingleEntries = 200;

    [NitroFact]
    public async Task Gateway_InFrontOfTheEnclave_SequencesAHundredThousandAndSurvivesItsOwnDeath()
    {
        await using var machine = await NitroMachine.BootAsync(NitroFiles.Image);
        await using var gateway = await GatewayProcess.CreateAsync(machine.EnclaveSocket);
        using var client = await gateway.ClientAsync(Chain);
        await CheckAttestationAsync(client);

        var sent = await SubmitManyAsync(client, 0, ManyEntries / 2);
        await gateway.KillAsync();
        await gateway.StartAsync();
        // It listens at another port now.
        using var again = await gateway.ClientAsync(Chain);
        sent = await SubmitManyAsync(again, sent, ManyEntries / 2);
        sent.Should().Be(ManyEntries);
        await SubmitOneByOneAsync(again, sent);

        var watch = Stopwatch.StartNew();
        var (code, audit) = await gateway.CommandLineAsync(
            "audit", gateway.Address.ToString(), Chain, "--token", await gateway.TokenAsync(Chain));
        output.WriteLine($"figure: audit of all of it: {watch.Elapsed.TotalSeconds:0.0} s");
        output.WriteLine(audit);
        CheckAudit(code, audit, ManyEntries + SingleEntries);
    }

    /// <summary>
    /// The enclave is killed under a running gateway and booted anew. An emulated document is no proof of a
    /// past, so that the chains of the dead epoch must stop, each with the reason, and keep what they have;
    /// new ones are served by the new epoch, and nobody has to start the gateway again.
    /// </summary>
    [NitroFact]
    public async Task Gateway_ItsEnclaveIsKilled_StopsTheOldChainsAndServesNewOnes()
    {
        await using var machine = await NitroMachine.BootAsync(NitroFiles.Image);
        await using var gateway = await GatewayProcess.CreateAsync(machine.EnclaveSocket);
        using var old = await gateway.ClientAsync(Chain);
        await SubmitManyAsync(old, 0, EntriesPerRequest);
        var oldKey = await CosignerKeyAsync(old);

        await machine.RebootAsync(NitroFiles.Image);
        await gateway.WaitUntilReadyAsync();
        (await CosignerKeyAsync(old)).Should().NotBe(oldKey);
        // Durable before the enclave was asked, so that its outcome is not a plain no; the next is refused.
        await RefusedAsync(old, "outcome_unknown");
        await RefusedAsync(old, "chain_stopped");
        var health = await old.GetStringAsync("health");
        health.Should().Contain(Chain).And.Contain("ResumeDocument");
        using var kept = await old.GetAsync($"sequence/{EntriesPerRequest - 1}");
        kept.StatusCode.Should().Be(HttpStatusCode.OK);

        using var fresh = await gateway.ClientAsync("after-the-kill");
        using var accepted = await SubmitOneAsync(fresh, "first of the new epoch");
        accepted.StatusCode.Should().Be(HttpStatusCode.OK);
        output.WriteLine(health);
    }

    /// <summary>
    /// Everything holds but what rests on the attestation document: an emulated one must not be believed, and
    /// with it falls the key that it binds.
    /// </summary>
    private static void CheckAudit(int code, string audit, int entries)
    {
        code.Should().Be(1);
        audit.Should().MatchRegex($"(?m)^pass +entries: {entries} entries hashed$");
        audit.Should().MatchRegex($"(?m)^pass +root: .* at size {entries}$");
        audit.Should().MatchRegex("(?m)^pass +log signature").And.MatchRegex("(?m)^pass +tiles");
        var failed = audit.Split('\n').Where(line => line.StartsWith("FAIL", StringComparison.Ordinal));
        failed.Should().SatisfyRespectively(
            line => line.Should().Contain("enclave cosignature"),
            line => line.Should().Contain("epochs"));
    }

    /// <summary>The document comes from the enclave, with our nonce.</summary>
    private static async Task CheckAttestationAsync(HttpClient client)
    {
        var nonce = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var bytes = await client.GetByteArrayAsync($"attestation?nonce={Convert.ToHexString(nonce)}");
        var document = AttestationDocument.ParseFromOwnNsm(bytes);
        document.ModuleId.Should().Be(NitroMachine.ModuleId);
        document.Nonce!.Value.ToArray().Should().Equal(nonce);
    }

    private async Task<int> SubmitManyAsync(HttpClient client, int first, int count)
    {
        var watch = Stopwatch.StartNew();
        for (var at = first; at < first + count; at += EntriesPerRequest)
        {
            var lines = Enumerable.Range(at, EntriesPerRequest).Select(i => $"\"transaction {i}\"\n");
            using var body = new StringContent(string.Concat(lines), Encoding.UTF8);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var answer = await client.PostAsync("sequence/batch", body);
            var text = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.Should().Be(HttpStatusCode.OK, text);
        }

        output.WriteLine($"figure: entries through the gateway: {count / watch.Elapsed.TotalSeconds:0}/s");
        return first + count;
    }

    private async Task SubmitOneByOneAsync(HttpClient client, int first)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < SingleEntries; i++)
        {
            using var answer = await SubmitOneAsync(client, $"one {i}");
            answer.StatusCode.Should().Be(HttpStatusCode.OK);
            using var receipt = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
            receipt.RootElement.GetProperty("idx").GetInt64().Should().Be(first + i);
        }

        output.WriteLine(
            $"figure: receipts one after the other: {SingleEntries / watch.Elapsed.TotalSeconds:0}/s");
    }

    private static async Task<HttpResponseMessage> SubmitOneAsync(HttpClient client, string data)
    {
        using var body = new StringContent($"{{\"data\": \"{data}\"}}", Encoding.UTF8, "application/json");
        return await client.PostAsync("sequence", body);
    }

    private static async Task RefusedAsync(HttpClient client, string code)
    {
        using var answer = await SubmitOneAsync(client, "after the end of its epoch");
        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).Should().Contain($"\"{code}\"")
            .And.Contain("ResumeDocument");
    }

    private static async Task<string> CosignerKeyAsync(HttpClient client)
    {
        using var heartbeat = JsonDocument.Parse(await client.GetStringAsync("heartbeat"));
        return heartbeat.RootElement.GetProperty("configuration").GetProperty("cosigner_key").GetString()!;
    }
}
