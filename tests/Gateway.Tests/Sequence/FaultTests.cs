using System.Text;
using System.Text.Json.Nodes;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>What callers are told when storage fails, and that the same key takes one place.</summary>
public class FaultTests
{
    private const string Body = """{"data":"pay 5"}""";

    public static TheoryData<int> Faults =>
        [(int)WriteFault.FailsButTookEffect, (int)WriteFault.FailsAndIsLost];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task FailedWrite_IsNeverToldAsFailed_AndTheRetryTakesOnePlace(int fault)
    {
        var ledger = new FaultyLedger();
        await using var gateway = await TestGateway.StartAsync(ledger);
        (await SubmitAsync("a")).Number("idx").Should().Be(0UL);
        ledger.HoldOpening();
        ledger.Fault = (WriteFault)fault;

        var unknown = await PostAsync("b");
        await unknown.ShouldBeProblemAsync(503, "outcome_unknown");
        unknown.Headers.RetryAfter!.Delta.Should().BePositive();

        var refused = await PostAsync("c");
        await refused.ShouldBeProblemAsync(503, "ledger_unavailable");
        refused.Headers.RetryAfter!.Delta.Should().BePositive();
        ((int)(await gateway.GetAsync("/health/ready")).StatusCode).Should().Be(503);
        ((int)(await gateway.GetAsync("/health/live")).StatusCode).Should().Be(200);

        ledger.AllowOpening();
        (await RetryAsync("b")).Number("idx").Should().Be(1UL);
        (await RetryAsync("b")).Number("idx").Should().Be(1UL);
        (await RetryAsync("c")).Number("idx").Should().Be(2UL);
        // Entries are taken from the moment that the enclave is there; what health tells comes after it.
        await Until.TrueAsync(async () => (await gateway.GetAsync("/health/ready")).IsSuccessStatusCode);

        async Task<JsonObject> SubmitAsync(string key) => await (await PostAsync(key)).JsonAsync();

        Task<HttpResponseMessage> PostAsync(string key) =>
            gateway.PostJsonAsync("/sequence", "demo", Body, ("Idempotency-Key", key));

        // As the answers ask: again, with the same key, for as long as the answer is to try again.
        async Task<JsonObject> RetryAsync(string key)
        {
            HttpResponseMessage answer;
            do
                answer = await PostAsync(key);
            while (answer.Headers.RetryAfter is not null);
            return await answer.JsonAsync();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("return=minimal")]
    public async Task ReceiptThatCannotBeRead_IsNotToldAsARefusal(string prefer)
    {
        var ledger = new FaultyLedger();
        await using var gateway = await TestGateway.StartAsync(ledger);
        (await (await SubmitAsync()).JsonAsync()).Number("idx").Should().Be(0UL);
        (await (await SubmitOthersAsync()).JsonAsync()).Number("first_idx").Should().Be(1UL);
        // The tile that the others filled is read from memory until it is written, which happens with the next entry.
        (await (await gateway.PostJsonAsync("/sequence", "demo", Body)).JsonAsync()).Number("idx").Should().Be(301UL);
        ledger.IsUnreadable = true;

        var unknown = await SubmitAsync();
        (await unknown.ShouldBeProblemAsync(503, "outcome_unknown")).Number("idx").Should().Be(0UL);
        unknown.Headers.RetryAfter.Should().BeNull("without a key the same request would take another place");
        unknown.Headers.Contains("Preference-Applied").Should().BeFalse();
        var batch = await SubmitOthersAsync("?receipts=true");
        (await batch.ShouldBeProblemAsync(503, "outcome_unknown")).Number("idx").Should().Be(1UL);

        ledger.IsUnreadable = false;
        (await (await SubmitAsync()).JsonAsync()).Number("idx").Should().Be(0UL);
        (await (await SubmitOthersAsync()).JsonAsync()).Number("first_idx").Should().Be(1UL);

        Task<HttpResponseMessage> SubmitAsync() => gateway.PostJsonAsync(
            "/sequence", "demo", Body, ("Idempotency-Key", "a"), ("Prefer", prefer));

        Task<HttpResponseMessage> SubmitOthersAsync(string query = "") => gateway.PostAsync(
            "/sequence/batch" + query, "demo",
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\"x\"\n", 300))), "application/x-ndjson",
            ("Idempotency-Key", "b"));
    }

    [Fact]
    public async Task DamagedEntry_StopsItsChainAlone_AndIsNamedInHealth()
    {
        var ledger = new FaultyLedger();
        await using var gateway = await TestGateway.StartAsync(ledger);
        await (await gateway.PostJsonAsync("/sequence", "demo", Body)).JsonAsync();
        ledger.IsDamaged = true;
        await (await gateway.GetAsync("/sequence/0", "demo")).ShouldBeProblemAsync(503, "chain_stopped");
        ledger.IsDamaged = false;

        await (await gateway.PostJsonAsync("/sequence", "demo", Body))
            .ShouldBeProblemAsync(503, "chain_stopped");
        await (await gateway.PostJsonAsync("/sequence", "other", Body)).JsonAsync();
        ((int)(await gateway.GetAsync("/health/ready")).StatusCode).Should().Be(200);
        (await gateway.Http.GetStringAsync("/metrics")).Should().MatchRegex("(?m)^sequencer_stopped_chains({.*})? 1$");
        var health = await (await gateway.GetAsync("/health")).Content.ReadAsStringAsync();
        health.Should().Contain("\"demo\"")
            .And.Contain("entry 0 in the ledger is not the one that was signed");
    }
}
