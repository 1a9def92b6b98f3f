namespace Sequencer.Gateway.Tests;

/// <summary>
/// Limits over HTTP: 429 for what one chain did, 503 for what concerns all, both with a time to wait.
/// </summary>
public class LimitTests
{
    [Fact]
    public async Task Limits_AreNamed_AndSayWhenToTryAgain()
    {
        await using var gateway = await TestGateway.StartAsync(
            ("sequencer:queue_max_entries", "8"), ("chain_defaults:queue_max_entries", "5"),
            ("chains:wide:queue_max_entries", "100"), ("chains:slow:transactions_per_second", "1"),
            ("chains:thin:bytes_per_second", "4"), ("sequencer:max_chains", "4"));
        await RefusesAsync("narrow", 6, 429, "chain_queue_full");
        await RefusesAsync("wide", 9, 503, "queue_full");
        await RefusesAsync("slow", 1, 429, "chain_quota");
        await RefusesAsync("thin", 1, 429, "chain_quota");

        // A quota fills again with time, so that a slow machine may get more than one through.
        async Task RefusesAsync(string chain, int count, int status, string code)
        {
            HttpResponseMessage response;
            do
                response = await SubmitAsync(chain, count);
            while (response.IsSuccessStatusCode);
            await response.ShouldBeProblemAsync(status, code);
            response.Headers.RetryAfter!.Delta.Should().BePositive();
        }

        Task<HttpResponseMessage> SubmitAsync(string chain, int count) => gateway.PostJsonAsync(
            "/sequence/batch", chain, "[" + string.Join(',', Enumerable.Repeat("\"1234\"", count)) + "]");
    }

    [Fact]
    public async Task MostChains_AreAskedForNoMore()
    {
        await using var gateway = await TestGateway.StartAsync(("sequencer:max_chains", "1"));
        await (await gateway.PostJsonAsync("/sequence", "first", """{"data":"x"}""")).JsonAsync();
        await (await gateway.PostJsonAsync("/sequence", "second", """{"data":"x"}"""))
            .ShouldBeProblemAsync(503, "chains_full");
        await (await gateway.PostJsonAsync("/sequence", "first", """{"data":"x"}""")).JsonAsync();
    }

    [Fact]
    public async Task NoEnclave_IsToldByEveryCallThatNeedsIt()
    {
        await using var gateway = await TestGateway.StartAsync(
            ("enclave:address", "unix:///nowhere/enclave.sock"));
        var refused = await gateway.PostJsonAsync("/sequence", "demo", """{"data":"x"}""");
        await refused.ShouldBeProblemAsync(503, "enclave_unavailable");
        refused.Headers.RetryAfter!.Delta.Should().BePositive();
        await (await gateway.GetAsync("/attestation")).ShouldBeProblemAsync(503, "enclave_unavailable");
        ((int)(await gateway.GetAsync("/health/ready")).StatusCode).Should().Be(503);
        ((int)(await gateway.GetAsync("/health/live")).StatusCode).Should().Be(200);
        (await (await gateway.GetAsync("/heartbeat")).JsonAsync()).Text("status").Should().Be("unhealthy");
        (await (await gateway.GetAsync("/health")).JsonAsync()).Text("status").Should().Be("starting");
    }
}
