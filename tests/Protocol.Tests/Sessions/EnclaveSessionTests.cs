using Microsoft.Extensions.Time.Testing;

namespace Sequencer.Protocol.Tests;

public sealed class EnclaveSessionTests
{
    private static readonly DescribeReply Description =
        new("cosigner", new byte[32], Limits.Version, EnclaveMode.Simulated, "prefix", "", []);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Open_OffersItsVersionAndGeneration()
    {
        var (opening, enclave) = await ScriptedEnclave.ConnectAsync(_time);
        await using var end = enclave;
        var (id, request) = await enclave.ReadAsync();
        request.Should().Be(new HelloRequest(Limits.Version, Limits.Version, 1));
        await enclave.ReplyAsync(id, new HelloReply(Limits.Version));
        await using var session = await opening;
        session.IsOpen.Should().BeTrue();
    }

    [Fact]
    public async Task Open_Refused_SaysWhyAndHangsUp()
    {
        var (opening, enclave) = await ScriptedEnclave.ConnectAsync(_time);
        await using var end = enclave;
        var (id, _) = await enclave.ReadAsync();
        await enclave.ReplyAsync(id, Refused(EnclaveRefusalReason.Fenced));
        var act = () => opening;
        (await act.Should().ThrowAsync<EnclaveRefusedException>())
            .Which.Refusal.Reason.Should().Be(EnclaveRefusalReason.Fenced);
        (await enclave.IsHungUpAsync()).Should().BeTrue();
    }

    [Fact]
    public async Task Open_HungUpOn_IsAnIOException()
    {
        var (opening, enclave) = await ScriptedEnclave.ConnectAsync(_time);
        await enclave.DisposeAsync();
        var act = () => opening;
        await act.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task Send_ManyAtOnce_EachGetsItsOwnReply()
    {
        var (session, enclave) = await ScriptedEnclave.OpenAsync(_time);
        await using var ends = new Pair(session, enclave);
        var sending = Enumerable.Range(1, 100)
            .Select(n => session.SendAsync<AttestReply>(new AttestRequest(new[] { (byte)n }), default))
                .ToArray();
        var requests = new List<(uint Id, EnclaveRequest Request)>();
        while (requests.Count < sending.Length)
            requests.Add(await enclave.ReadAsync());
        // Also out of their order: a reply is found by its number.
        foreach (var (id, request) in requests.AsEnumerable().Reverse())
            await enclave.ReplyAsync(id, new AttestReply(((AttestRequest)request).Nonce!.Value));
        var replies = await Task.WhenAll(sending);
        replies.Select(reply => (int)reply.Document.Span[0]).Should().Equal(Enumerable.Range(1, 100));
    }

    [Fact]
    public async Task Send_Refused_SaysWhyAndTheSessionLivesOn()
    {
        var (session, enclave) = await ScriptedEnclave.OpenAsync(_time);
        await using var ends = new Pair(session, enclave);
        var sending = session.SendAsync<RetireReply>(new RetireRequest("o"), default);
        var (id, _) = await enclave.ReadAsync();
        await enclave.ReplyAsync(id, Refused(EnclaveRefusalReason.UnknownOrigin));
        var act = () => sending;
        (await act.Should().ThrowAsync<EnclaveRefusedException>())
            .Which.Refusal.Reason.Should().Be(EnclaveRefusalReason.UnknownOrigin);
        await DescribeAsync(session, enclave);
    }

    [Fact]
    public async Task Send_AnsweredByAnotherKind_IsUnexpected()
    {
        var (session, enclave) = await ScriptedEnclave.OpenAsync(_time);
        await using var ends = new Pair(session, enclave);
        var sending = session.SendAsync<DescribeReply>(new DescribeRequest(), default);
        var (id, _) = await enclave.ReadAsync();
        await enclave.ReplyAsync(id, new RetireReply());
        var act = () => sending;
        (await act.Should().ThrowAsync<ProtocolException>())
            .Which.Reason.Should().Be(ProtocolError.UnexpectedReply);
    }

    [Fact]
    public async Task Send_ARequestThatCannotBeEncoded_HarmsNobodyElse()
    {
        var (session, enclave) = await ScriptedEnclave.OpenAsync(_time);
        await using var ends = new Pair(session, enclave);
        var other = session.SendAsync<DescribeReply>(new DescribeRequest(), default);
        var tooLarge = () => session.SendAsync<AppendReply>(
            new AppendRequest([new AppendItem("o", 0, new byte[Limits.FrameBytesMax], false)]), default);
        (await tooLarge.Should().ThrowAsync<ProtocolException>())
            .Which.Reason.Should().Be(ProtocolError.FrameSize);
        var notText = () => session.SendAsync<RetireReply>(new RetireRequest("\ud800"), default);
        await notText.Should().ThrowAsync<ArgumentException>();
        var (id, _) = await enclave.ReadAsync();
        await enclave.ReplyAsync(id, Description);
        await other;
        session.IsOpen.Should().BeTrue();
        await DescribeAsync(session, enclave);
    }

    [Fact]
    public async Task Send_GivenUpByItsCaller_LeavesTheSessionInOrder()
    {
        var (session, enclave) = await ScriptedEnclave.OpenAsync(_time);
        await using var ends = new Pair(session, enclave);
        using var cancellation = new CancellationTokenSource();
        var sending = session.SendAsync<DescribeReply>(new DescribeRequest(), cancellation.Token);
        var (id, _) = await enclave.ReadAsync();
        await cancellation.CancelAsync();
        var act = () => sending;
        await act.Should().ThrowAsync<OperationCanceledException>();
        await enclave.ReplyAsync(id, Description);
        await DescribeAsync(session, enclave);
    }

    public static TheoryData<string> Breaks => ["hangs up", "talks nonsense", "answers nobody", "is closed"];

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task ABrokenSession_FaultsEveryoneWhoWaitsAndEveryoneAfter(string how)
    {
        var (session, enclave) = await ScriptedEnclave.OpenAsync(_time);
        await using var ends = new Pair(session, enclave);
        var waiting = Enumerable.Range(0, 10)
            .Select(_ => session.SendAsync<DescribeReply>(new DescribeRequest(), default)).ToArray();
        foreach (var _ in waiting)
            await enclave.ReadAsync();
        await BreakAsync(how, session, enclave);
        foreach (var sending in waiting)
            await FluentActions.Awaiting(() => sending).Should().ThrowAsync<IOException>();
        await session.Ended;
        session.IsOpen.Should().BeFalse();
        var later = () => session.SendAsync<DescribeReply>(new DescribeRequest(), default);
        await later.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task ARequestNeverAnswered_EndsTheSession()
    {
        var (session, enclave) = await ScriptedEnclave.OpenAsync(_time);
        await using var ends = new Pair(session, enclave);
        var first = session.SendAsync<RetireReply>(new RetireRequest("o"), default);
        var second = session.SendAsync<RetireReply>(new RetireRequest("o"), default);
        await enclave.ReadAsync();
        await enclave.ReadAsync();
        _time.Advance(Limits.ReplyTimeout);
        foreach (var waiting in new[] { first, second })
        {
            await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<IOException>()
                .WithMessage(
                    "*RetireRequest was not answered within 15 s.", "that is the cause, not what it cancelled");
        }

        session.IsOpen.Should().BeFalse();
    }

    [Fact]
    public async Task AnIdleSession_IsKeptAlive()
    {
        var (session, enclave) = await ScriptedEnclave.OpenAsync(_time);
        await using var ends = new Pair(session, enclave);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(Limits.KeepAliveInterval);
            var (id, request) = await enclave.ReadAsync();
            request.Should().BeOfType<DescribeRequest>();
            await enclave.ReplyAsync(id, Description);
            await DescribeAsync(session, enclave); // by then the reply before has arrived
        }

        session.IsOpen.Should().BeTrue();
    }

    [Fact]
    public async Task AFencedSession_LearnsItWhileIdle()
    {
        var (session, enclave) = await ScriptedEnclave.OpenAsync(_time);
        await using var ends = new Pair(session, enclave);
        _time.Advance(Limits.KeepAliveInterval);
        var (id, _) = await enclave.ReadAsync();
        await enclave.ReplyAsync(id, Refused(EnclaveRefusalReason.Fenced));
        await session.Ended;
        session.IsOpen.Should().BeFalse();
    }

    [Fact]
    public async Task Dispose_Twice_IsHarmless()
    {
        var (session, enclave) = await ScriptedEnclave.OpenAsync(_time);
        await session.DisposeAsync();
        await session.DisposeAsync();
        (await enclave.IsHungUpAsync()).Should().BeTrue();
        await enclave.DisposeAsync();
    }

    private static RefusedReply Refused(EnclaveRefusalReason reason) => new(new EnclaveRefusal(reason, "no"));

    private static async Task BreakAsync(string how, EnclaveSession session, ScriptedEnclave enclave)
    {
        switch (how)
        {
            case "hangs up":
                await enclave.DisposeAsync();
                break;
            case "talks nonsense":
                await enclave.SendNonsenseAsync();
                break;
            case "answers nobody":
                await enclave.ReplyAsync(4711, Description);
                break;
            default:
                await session.DisposeAsync();
                break;
        }
    }

    private static async Task DescribeAsync(EnclaveSession session, ScriptedEnclave enclave)
    {
        var describing = session.SendAsync<DescribeReply>(new DescribeRequest(), default);
        var (id, _) = await enclave.ReadAsync();
        await enclave.ReplyAsync(id, Description);
        (await describing).Cosigner.Should().Be(Description.Cosigner);
    }

    private sealed class Pair(EnclaveSession session, ScriptedEnclave enclave) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await session.DisposeAsync();
            await enclave.DisposeAsync();
        }
    }
}
