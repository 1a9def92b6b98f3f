using System.Net;

namespace Sequencer.Gateway.Tests;

public sealed class RateLimitTests : IAsyncLifetime
{
    private TestGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await TestGateway.StartAsync(
            ("chain_defaults:public", "true"), ("reads:per_second", "1"), ("reads:burst", "3"),
            ("reads:attestations_per_minute", "2"));
        await _gateway.PostJsonAsync("/sequence", "demo", """{"data":"x"}""");
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task PublicReads_OverTheBurst_Are429_ButNotThoseWithAToken()
    {
        var statuses = new List<HttpStatusCode>();
        HttpResponseMessage last;
        do
        {
            last = await _gateway.GetAsync("/log/demo/checkpoint");
            statuses.Add(last.StatusCode);
        }
        while (last.StatusCode == HttpStatusCode.OK && statuses.Count < 1000);

        await last.ShouldBeProblemAsync(429, "rate_limited");
        last.Headers.RetryAfter!.Delta.Should().BePositive();
        statuses.Count.Should().BeGreaterThan(3);
        (await _gateway.GetAsync("/log/demo/checkpoint", "demo")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await _gateway.GetAsync("/heartbeat")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("tile/0/000.p/1")]
    [InlineData("epochs")]
    [InlineData("feed")]
    public async Task PublicRead_WithAnythingForAToken_Is401(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/log/demo/{path}");
        request.Headers.TryAddWithoutValidation("Authorization", "x");
        await (await _gateway.Http.SendAsync(request)).ShouldBeProblemAsync(401, "token_malformed");
    }

    [Fact]
    public async Task Epochs_WithATokenOfAnotherChain_AreAnswered() =>
        (await _gateway.GetAsync("/log/demo/epochs", "other")).StatusCode.Should().Be(HttpStatusCode.OK);

    [Fact]
    public async Task Attestations_OverTheLimit_Are429()
    {
        (await _gateway.GetAsync("/attestation")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await _gateway.GetAsync("/attestation?nonce=00")).StatusCode.Should().Be(HttpStatusCode.OK);
        var third = await _gateway.GetAsync("/attestation");
        (await third.ShouldBeProblemAsync(429, "rate_limited")).Text("detail")
            .Should().Contain("(reads.attestations_per_minute)").And.NotContain("token");
        third.Headers.RetryAfter!.Delta.Should().BePositive();
    }

    [Fact]
    public async Task Attestations_OfAllClientsTogether_AreLimitedToo()
    {
        await using var gateway = await TestGateway.StartAsync(
            ("reads:attestations_per_minute", "0"), ("reads:attestations_per_minute_all", "1"));
        (await gateway.GetAsync("/attestation")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await (await gateway.GetAsync("/attestation")).ShouldBeProblemAsync(429, "rate_limited")).Text("detail")
            .Should().Contain("all clients together");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(599)]
    [InlineData(601)]
    [InlineData(60_001)]
    [InlineData(1_000_000)]
    public void PerMinute_IsThatManyAMinute_AtATimersPace(int perMinute)
    {
        var options = RateLimits.PerMinuteOptions(perMinute);
        options.ReplenishmentPeriod.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(100));
        (options.TokensPerPeriod / options.ReplenishmentPeriod.TotalMinutes)
            .Should().BeApproximately(perMinute, perMinute / 1000.0);
    }
}
