using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Testing;

namespace Sequencer.Enclave.Tests;

public sealed class EnclaveServerTests : IAsyncDisposable
{
    private readonly ServedEpoch _served = new();

    [Fact]
    public async Task ASession_IsServedFromHelloToItsEnd()
    {
        await using var session = await _served.OpenAsync(2);
        await session.SendAsync<OpenReply>(new CreateRequest(Epoch.Demo), default);
        var appending = Enumerable.Range(0, 50).Select(i => session.SendAsync<AppendReply>(
            Epoch.Appending(Epoch.Demo, (ulong)i, Tree.Leaves(i, 1)), default)).ToArray();
        var replies = await Task.WhenAll(appending);
        replies.Select(reply => reply.Results[0].FirstIndex)
            .Should().Equal(Enumerable.Range(0, 50).Select(i => (ulong)i),
                "requests are served in their order");
    }

    [Fact]
    public async Task ARefusal_LeavesTheSessionOpen()
    {
        await using var session = await _served.OpenAsync(2);
        var act = () => session.SendAsync<RetireReply>(new RetireRequest(new string('é', 127)), default);
        (await act.Should().ThrowAsync<EnclaveRefusedException>())
            .Which.Refusal.Reason.Should().Be(EnclaveRefusalReason.UnknownOrigin);
        await session.SendAsync<DescribeReply>(new DescribeRequest(), default);
    }

    [Fact]
    public async Task APeerThatBreaksTheProtocol_LosesItsSession_AndNobodyElseDoes()
    {
        await using var session = await _served.OpenAsync(2);
        await using var rude = await _served.ConnectAsync();
        await rude.WriteAsync(0, static (writer, _) => writer.WriteTextString("?"), default);
        (await rude.ReadAsync(default)).Should().BeNull("the server hung up");
        (await _served.ReportAsync()).Should().StartWith("A session was closed (Malformed)");
        await session.SendAsync<DescribeReply>(new DescribeRequest(), default);
    }

    [Fact]
    public async Task APeerThatNeverSpeaks_LosesItsSession()
    {
        await using var silent = await _served.ConnectAsync();
        var hungUp = silent.ReadAsync(default).AsTask();
        // Nothing tells when the server begins to wait for the first frame: its time passes until it has given up.
        await Until.TrueAsync(() =>
        {
            _served.Time.Advance(Limits.IdleTimeout);
            return hungUp.IsCompleted;
        });

        (await hungUp).Should().BeNull();
        (await _served.ReportAsync()).Should().StartWith("A session was closed (IdleTimeout)");
    }

    [Fact]
    public async Task AFloodOfConnections_IsTurnedAway_AndThoseThatAreOpenLiveOn()
    {
        await using var session = await _served.OpenAsync(2);
        var others = new List<FrameConnection>();
        for (var i = 1; i < EnclaveServer.SessionsMax; i++)
            others.Add(await _served.ConnectAsync());
        for (var i = 0; i < 20; i++)
        {
            await using var oneMore = await _served.ConnectAsync();
            (await oneMore.ReadAsync(default)).Should().BeNull();
            (await _served.ReportAsync()).Should().Contain("refused");
        }

        await session.SendAsync<DescribeReply>(new DescribeRequest(), default);
        foreach (var other in others)
            await other.DisposeAsync();
    }

    [Fact]
    public async Task AFloodOfAttestations_NeverHoldsUpSigning()
    {
        await using var writer = await _served.OpenAsync(2);
        await writer.SendAsync<OpenReply>(new CreateRequest(Epoch.Demo), default);
        using var gate = new ManualResetEventSlim();
        _served.Epoch.Nsm.Gate = gate;
        var readers = new List<EnclaveSession>();
        var documents = new List<Task<AttestReply>>();
        while (readers.Count < NsmTurns.WaitingMax)
        {
            // On a clock that stands still: however long the signing takes, none of them gives up.
            readers.Add(await _served.OpenAsync(null, _served.Time));
            documents.Add(readers[^1].SendAsync<AttestReply>(new AttestRequest(new byte[1]), default));
        }

        // As many sessions as may wait for the NSM, which does not answer; signing does not notice.
        for (var i = 0; i < 200; i++)
            await writer.SendAsync<AppendReply>(
                Epoch.Appending(Epoch.Demo, (ulong)i, Tree.Leaves(i, 1)), default);
        documents.Should().OnlyContain(document => !document.IsCompleted);
        gate.Set();
        await Task.WhenAll(documents);
        _served.Epoch.Nsm.WasSharedByTwo.Should().BeFalse("calls take turns");
        foreach (var reader in readers)
            await reader.DisposeAsync();
    }

    [Fact]
    public async Task PeersThatAreGoneWhileTheNsmIsSlow_LeaveSessionsForOthers()
    {
        using var gate = new ManualResetEventSlim();
        _served.Epoch.Nsm.Gate = gate;
        var readers = new List<FrameConnection>();
        while (readers.Count < EnclaveServer.SessionsMax)
        {
            readers.Add(await _served.ConnectAsync());
            await AskAsync(readers[^1], new HelloRequest(Limits.Version, Limits.Version, null));
            await readers[^1].ReadAsync(default);
            await AskAsync(readers[^1], new AttestRequest(new byte[1]));
        }

        // Whichever the server hears first wait; all others are told.
        var answers = readers.ConvertAll(reader => reader.ReadAsync(default).AsTask());
        while (answers.Count > NsmTurns.WaitingMax)
        {
            var answer = await Task.WhenAny(answers);
            answers.Remove(answer);
            var (_, reply) = ReplyCodec.Decode((await answer)!);
            reply.Should().BeOfType<RefusedReply>().Which.Refusal.Should().Be(new EnclaveRefusal(
                EnclaveRefusalReason.NsmFailed, "4 sessions wait for the NSM already; ask again."));
        }

        foreach (var reader in readers)
            await reader.DisposeAsync();
        await using var writer = await OpenWhenThereIsRoomAsync();
        await writer.SendAsync<OpenReply>(new CreateRequest(Epoch.Demo), default);
        gate.Set();
    }

    [Fact]
    public async Task TheClock_IsAnchoredOnSchedule_AndAFailureIsReportedAndTriedAgain()
    {
        _served.Epoch.Nsm.Failure = new NsmException(NsmError.Timeout, "no answer");
        _served.Time.Advance(ServedEpoch.RenewalInterval);
        (await _served.ReportAsync()).Should().Be("The clock could not be anchored anew: no answer");
        _served.Epoch.Nsm.Failure = new InvalidOperationException("a fault nobody thought of");
        _served.Time.Advance(ServedEpoch.RenewalInterval);
        (await _served.ReportAsync()).Should().Be("The clock could not be anchored anew: a fault nobody thought of");
        _served.Epoch.Nsm.Failure = null;
        _served.Epoch.NsmClock.Now = Epoch.At(Epoch.Start + 600);
        _served.Time.Advance(ServedEpoch.RenewalInterval);
        await Until.TrueAsync(() =>
            AttestationDocument.Parse(_served.Epoch.Document()).TimestampMs == (Epoch.Start + 600) * 1000);
    }

    [Fact]
    public async Task AFrameOfEveryChainThatThereCanBe_IsAnsweredInOneFrame()
    {
        await using var session = await _served.OpenAsync(2);
        var longest = Epoch.Prefix + "/" + new string('c', 60);
        var items = Enumerable.Range(0, Limits.ChainsPerFrameMax)
            .Select(i => new AppendItem($"{longest}{i:d4}", 0, new byte[32], true)).ToArray();
        var reply = await session.SendAsync<AppendReply>(new AppendRequest(items), default);
        reply.Results.Should().OnlyContain(
            result => result.Refusal!.Reason == EnclaveRefusalReason.UnknownOrigin);
    }

    [Fact]
    public async Task ALargestAppend_ComesBackWithItsNodes()
    {
        await using var session = await _served.OpenAsync(2);
        await session.SendAsync<OpenReply>(new CreateRequest(Epoch.Demo), default);
        var leaves = Tree.Leaves(0, Limits.LeavesPerFrameMax);
        var reply = await session.SendAsync<AppendReply>(
            Epoch.Appending(Epoch.Demo, 0, leaves, wantNodes: true), default);
        reply.Results[0].Nodes!.Value.Length.Should().Be((Limits.LeavesPerFrameMax - 1) * 32);
        reply.Results[0].Root.Should().Be(Tree.Root(leaves));
    }

    [Fact]
    public async Task Stopping_EndsTheSessionsAndReturns()
    {
        await using var silent = await _served.ConnectAsync();
        // A session that answers shows that the server has taken the silent one before it.
        await using var session = await _served.OpenAsync(2);
        await _served.StopAsync();
        await session.Ended;
        (await silent.ReadAsync(default)).Should().BeNull();
        _served.Reports.Should().BeEmpty("nobody broke a rule");
    }

    [Fact]
    public async Task AListenerThatFails_EndsTheServerWithItsError()
    {
        using var epoch = Epoch.Boot();
        await using var listener = new FailingListener();
        var server = new EnclaveServer(epoch.Machine, listener, TimeProvider.System, _ => { });
        var act = () => server.RunAsync(TimeSpan.FromMinutes(5), default);
        await act.Should().ThrowAsync<IOException>();
    }

    /// <summary>The server notices one after the other that its peers are gone, and turns away whoever comes before.
    /// </summary>
    private async Task<EnclaveSession> OpenWhenThereIsRoomAsync()
    {
        EnclaveSession? session = null;
        await Until.TrueAsync(async () => (session = await TryOpenAsync()) is not null);
        return session!;
    }

    private async Task<EnclaveSession?> TryOpenAsync()
    {
        try
        {
            return await _served.OpenAsync(2);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static ValueTask AskAsync(FrameConnection connection, EnclaveRequest request) => connection.WriteAsync(
        request, static (writer, asked) => RequestCodec.Encode(writer, 1, asked), default);

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    private sealed class FailingListener : IEnclaveListener
    {
        public ValueTask<Stream> AcceptAsync(CancellationToken cancellation) =>
            throw new IOException("broken");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
