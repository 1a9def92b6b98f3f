using System.Net;
using System.Security.Authentication;
using Sequencer.Client.Tests.Fixtures;
using static Sequencer.Client.Tests.Fixtures.ScriptedGateway;

namespace Sequencer.Client.Tests.Gateway;

public sealed class RetryTests : IDisposable
{
    private static readonly HttpRequestException NoConnection =
        new(HttpRequestError.ConnectionError, "Connection refused (gateway.test:80)");

    private readonly TestLog _log = new(3);
    private readonly InstantTime _time = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Submit_AnswerLost_IsRepeatedUnderTheSameKey()
    {
        var gateway = new ScriptedGateway(Throws(new HttpRequestException("reset")), Sequenced());
        var sequenced = await gateway.Connect(_time).SubmitAsync(TestLog.Entry(1));

        sequenced.Index.Should().Be(1);
        gateway.Asked.Should().HaveCount(2);
        gateway.Asked[0].IdempotencyKey.Should().MatchRegex("^[0-9a-f]{32}$");
        gateway.Asked[1].Should().BeEquivalentTo(gateway.Asked[0]);
    }

    [Fact]
    public async Task Submit_Twice_UsesTwoKeys()
    {
        var gateway = new ScriptedGateway(Sequenced(), Sequenced());
        var client = gateway.Connect(_time);
        await client.SubmitAsync(TestLog.Entry(1));
        await client.SubmitAsync(TestLog.Entry(1));

        gateway.Asked[0].IdempotencyKey.Should().NotBe(gateway.Asked[1].IdempotencyKey);
    }

    [Fact]
    public async Task Submit_KeyGiven_IsUsed()
    {
        var gateway = new ScriptedGateway(Sequenced());
        await gateway.Connect(_time).SubmitAsync(TestLog.Entry(1), "mine");

        gateway.Asked.Single().IdempotencyKey.Should().Be("mine");
    }

    [Fact]
    public async Task Submit_RetryAfter_IsWaitedFor()
    {
        var gateway = new ScriptedGateway(
            Problem(HttpStatusCode.TooManyRequests, "chain_quota", "Too fast.", retryAfterSeconds: 7),
            Sequenced());
        await gateway.Connect(_time).SubmitAsync(TestLog.Entry(1));

        _time.Pauses.Should().Equal(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Submit_RetryAfterBeyondTheLimit_EndsAtOnceWithTheGatewaysReason()
    {
        var gateway = new ScriptedGateway(
            Problem(HttpStatusCode.ServiceUnavailable, "queue_full", "The queue is full.", 3600));
        var failure = await Fails(gateway);

        failure.Error.Should().Be(SequencerClientError.Refused);
        failure.Code.Should().Be("queue_full");
        failure.Status.Should().Be(503);
        failure.RetryAfter.Should().Be(TimeSpan.FromHours(1));
        failure.Message.Should().Contain("The queue is full.");
        _time.Pauses.Should().BeEmpty();
    }

    [Fact]
    public async Task Submit_NeverAnswered_GivesUpAfterTheAttemptsAllowedAndPausesThatGrow()
    {
        var gateway = new ScriptedGateway([.. Enumerable.Repeat(Throws(NoConnection), 6)]);
        var failure = await Fails(gateway);

        failure.Error.Should().Be(SequencerClientError.Unreachable);
        failure.Message.Should().Contain("after 6 attempts").And.Contain("Check the address");
        gateway.Asked.Should().HaveCount(6);
        _time.Pauses.Should().HaveCount(5);
        for (var i = 0; i < 5; i++)
            _time.Pauses[i].TotalMilliseconds.Should().BeInRange(100 << i, 200 << i);
    }

    [Fact]
    public async Task Submit_CertificateThatDoesNotHold_SaysWhyAndIsNotRepeated()
    {
        var gateway = new ScriptedGateway(Throws(new HttpRequestException(
            HttpRequestError.SecureConnectionError, "No TLS, see inner exception.",
            new AuthenticationException("The certificate is invalid: UntrustedRoot"))));

        (await Fails(gateway)).Message.Should().Be("No connection to the gateway at http://gateway.test/: No "
            + "TLS, see inner exception. The certificate is invalid: UntrustedRoot. Check the address, and "
            + "the gateway's certificate.");
    }

    [Fact]
    public async Task Submit_TlsThatBreaksOff_IsRepeated()
    {
        var gateway = new ScriptedGateway(Throws(new HttpRequestException(
            HttpRequestError.SecureConnectionError, "No TLS.", new IOException("reset"))), Sequenced());

        (await gateway.Connect(_time).SubmitAsync(TestLog.Entry(1))).Index.Should().Be(1);
    }

    [Fact]
    public async Task Submit_Redirected_SaysWhereTo()
    {
        var gateway = new ScriptedGateway(() => new(HttpStatusCode.MovedPermanently)
        {
            Headers = { Location = new("https://gateway.test/sequence") },
        });

        (await Fails(gateway)).Message.Should().Be("The gateway refused (301): it redirects to "
            + "https://gateway.test/sequence, which is not followed: check the address.");
    }

    [Fact]
    public async Task Submit_RefusedWithoutAReason_IsToldInWholeSentences()
    {
        var page = Answer(HttpStatusCode.ServiceUnavailable, "<html>", "text/html");
        var failure = await Fails(new(page, page), new() { AttemptsMax = 2 });

        failure.Message.Should()
            .Be("The gateway refused (503): it gave no reason. Gave up after 2 attempts.");
    }

    [Fact]
    public async Task Submit_MayHaveHappenedAndThenRefused_IsOfUnknownOutcomeAndNamesTheKey()
    {
        var gateway = new ScriptedGateway(
            Problem(HttpStatusCode.ServiceUnavailable, "outcome_unknown", "Retry."),
            Problem(HttpStatusCode.Unauthorized, "token_expired", "The token has expired."));
        var failure = await Fails(gateway);

        failure.Error.Should().Be(SequencerClientError.OutcomeUnknown);
        failure.Code.Should().Be("token_expired");
        failure.IdempotencyKey.Should().Be(gateway.Asked[0].IdempotencyKey);
        failure.Message.Should().Contain(failure.IdempotencyKey);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "bad_json", 1)]
    [InlineData(HttpStatusCode.Unauthorized, "token_missing", 1)]
    [InlineData(HttpStatusCode.Forbidden, "read_only", 1)]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, "entry_too_large", 1)]
    [InlineData(HttpStatusCode.UnprocessableEntity, "idempotency_mismatch", 1)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "chain_stopped", 1)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "queue_full", 3)]
    [InlineData(HttpStatusCode.TooManyRequests, "chain_quota", 3)]
    [InlineData(HttpStatusCode.BadGateway, "proxy", 3)]
    public async Task Submit_Refused_IsRepeatedOnlyWhereThatMayHelp(
        HttpStatusCode status, string code, int attempts)
    {
        var gateway = new ScriptedGateway([.. Enumerable.Repeat(Problem(status, code, "No."), 3)]);
        await Fails(gateway, new() { Token = "token", AttemptsMax = 3 });

        gateway.Asked.Should().HaveCount(attempts);
    }

    [Fact]
    public async Task Submit_InternalError_IsOfUnknownOutcome() =>
        (await Fails(new ScriptedGateway(Answer(HttpStatusCode.InternalServerError, "<html>", "text/html"))))
            .Error.Should().Be(SequencerClientError.OutcomeUnknown);

    [Fact]
    public async Task Submit_WitnessTimeout_IsRepeatedUnderTheSameKeyAndThenNamesKeyAndIndex()
    {
        var late = Answer(HttpStatusCode.ServiceUnavailable,
            """{"code": "witness_timeout", "detail": "No quorum in time.", "idx": 7}""",
            "application/problem+json");
        var gateway = new ScriptedGateway(late, late);
        var failure = await Fails(gateway, new() { Token = "token", AttemptsMax = 2 });

        failure.Error.Should().Be(SequencerClientError.OutcomeUnknown);
        (failure.Code, failure.Index).Should().Be(("witness_timeout", 7UL));
        failure.IdempotencyKey.Should().Be(gateway.Asked[0].IdempotencyKey)
            .And.Be(gateway.Asked[1].IdempotencyKey);
        failure.Message.Should().Contain(failure.IdempotencyKey);
    }

    [Fact]
    public void AttemptTimeout_Default_OutlastsTheGatewaysOwnWaits() =>
        new SequencerClientOptions().AttemptTimeoutMs.Should().BeGreaterThan(30_000);

    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public async Task FindTile_ProxysLongPage_IsAPassingFailureAndNoDamage(int length)
    {
        var page = Answer(HttpStatusCode.BadGateway, new string('x', length), "text/html");
        var tile = _log.Tree.Tile(new(0, 0, 3));
        var gateway = new ScriptedGateway(page, () => new(HttpStatusCode.OK)
        {
            Content = new ByteArrayContent(tile),
        });

        var log = gateway.Connect(_time).ReadLog(Monitoring.MonitorFixture.Chain);
        (await log.FindTileAsync(new(0, 0, 3))).Should().HaveCount(3);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public async Task FindTile_OnlyProxysLongPages_IsRefusedWithTheirStatus(int length)
    {
        var page = Answer(HttpStatusCode.ServiceUnavailable, new string('x', length), "text/html");
        var gateway = new ScriptedGateway(page);
        var log = gateway.Connect(_time, new() { AttemptsMax = 1 }).ReadLog(Monitoring.MonitorFixture.Chain);

        var failure = (await FluentActions.Awaiting(() => log.FindTileAsync(new(0, 0, 3)))
            .Should().ThrowAsync<SequencerClientException>()).Which;
        (failure.Error, failure.Status).Should().Be((SequencerClientError.Refused, 503));
    }

    [Fact]
    public async Task Submit_Cancelled_EndsWithoutAnotherAttempt()
    {
        using var cancellation = new CancellationTokenSource();
        var gateway = new ScriptedGateway(() =>
        {
            cancellation.Cancel();
            throw new OperationCanceledException(cancellation.Token);
        });

        var client = gateway.Connect(_time);
        await FluentActions.Awaiting(() => client.SubmitAsync(TestLog.Entry(1), cancellation: cancellation.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        gateway.Asked.Should().HaveCount(1);
    }

    [Fact]
    public async Task Submit_AttemptTimesOut_IsRepeated()
    {
        var gateway = new ScriptedGateway(Throws(new TaskCanceledException("slow")), Sequenced());

        (await gateway.Connect(_time).SubmitAsync(TestLog.Entry(1))).Index.Should().Be(1);
    }

    private Func<HttpResponseMessage> Sequenced() => Answer(HttpStatusCode.OK, Answers.Transaction(_log, 1));

    private async Task<SequencerClientException> Fails(
        ScriptedGateway gateway, SequencerClientOptions? options = null) =>
        (await FluentActions.Awaiting(() => gateway.Connect(_time, options).SubmitAsync(TestLog.Entry(1)))
            .Should().ThrowAsync<SequencerClientException>()).Which;
}
