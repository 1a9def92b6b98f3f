using System.Net;
using System.Text;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Tlog;
using static Sequencer.Client.Tests.Fixtures.ScriptedGateway;

namespace Sequencer.Client.Tests.Gateway;

public sealed class SequencerClientTests : IDisposable
{
    private readonly TestLog _log = new(5, 2);

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Submit_Sends_TheBytesAsTheyAre()
    {
        var gateway = new ScriptedGateway(Answer(HttpStatusCode.OK, Answers.Transaction(_log, 1)));
        var sequenced = await gateway.Connect().SubmitAsync(TestLog.Entry(1));

        var request = gateway.Asked.Single();
        request.Method.Should().Be("POST");
        request.Path.Should().Be("/sequence");
        request.ContentType.Should().Be("application/octet-stream");
        request.Authorization.Should().Be("Bearer token");
        request.Body.Should().Equal(TestLog.Entry(1));
        sequenced.CreatedAt.Should().Be(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero));
        sequenced.Receipt.Should().Be(_log.Receipt(1, bundle: false));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"idx": -1, "attestation": "", "created_at": "2026-11-22T19:00:00Z"}""")]
    [InlineData("""{"idx": 1, "attestation": null, "created_at": "2026-11-22T19:00:00Z"}""")]
    [InlineData("""{"idx": 1, "attestation": "nothing", "created_at": "2026-11-22T19:00:00Z"}""")]
    public async Task Submit_AnswerOfAnotherForm_IsABadAnswerThatNamesTheKey(string body)
    {
        var gateway = new ScriptedGateway(Answer(HttpStatusCode.OK, body));
        var failure = await Fails(() => gateway.Connect().SubmitAsync(TestLog.Entry(1), "key"));

        failure.Error.Should().Be(SequencerClientError.BadAnswer);
        failure.IdempotencyKey.Should().Be("key");
    }

    [Fact]
    public async Task Submit_OptionsChangedSince_StaysTheTokensChain()
    {
        var gateway = new ScriptedGateway(Answer(HttpStatusCode.OK, Answers.Transaction(_log, 1)));
        var options = new SequencerClientOptions { Token = "first" };
        var client = gateway.Connect(options: options);
        options.Token = "second";
        await client.SubmitAsync(TestLog.Entry(1));

        gateway.Asked.Single().Authorization.Should().Be("Bearer first");
    }

    [Fact]
    public async Task Submit_ReceiptForOtherBytes_IsABadAnswer()
    {
        var gateway = new ScriptedGateway(Answer(HttpStatusCode.OK, Answers.Transaction(_log, 1)));
        var failure = await Fails(() => gateway.Connect().SubmitAsync("something else"u8.ToArray()));

        failure.Error.Should().Be(SequencerClientError.BadAnswer);
        failure.Message.Should().Contain("does not cover the transaction");
    }

    [Fact]
    public async Task Submit_AnswerThatNeverEnds_IsCutOffAtItsLimit()
    {
        var gateway = new ScriptedGateway(
            () => new HttpResponseMessage { Content = new StreamContent(new EndlessStream()) });
        var failure = await Fails(() => gateway.Connect().SubmitAsync(TestLog.Entry(1)));

        failure.Message.Should().Contain("longer than the 1048576 bytes");
    }

    [Fact]
    public async Task SubmitBatch_Sends_OneLineForEachAndGivesAReceiptForEach()
    {
        var gateway = new ScriptedGateway(
            Answer(HttpStatusCode.OK, Answers.Batch(_log, 2, 3), "application/x-ndjson"));
        ReadOnlyMemory<byte>[] transactions = [TestLog.Entry(2), TestLog.Entry(3), TestLog.Entry(4)];
        var sequenced = await gateway.Connect().SubmitBatchAsync(transactions);

        var request = gateway.Asked.Single();
        request.Path.Should().Be("/sequence/batch?receipts=true");
        request.ContentType.Should().Be("application/x-ndjson");
        request.IdempotencyKey.Should().NotBeNull();
        Encoding.UTF8.GetString(request.Body).Should().Be(string.Concat(transactions.Select(
            transaction => $$"""{"data_base64":"{{Convert.ToBase64String(transaction.Span)}}"}""" + "\n")));
        sequenced.Select(one => one.Index).Should().Equal(2, 3, 4);
        sequenced.Select(one => one.Receipt).Should().Equal(
            Enumerable.Range(2, 3).Select(index => _log.Receipt(index, bundle: false)));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(0, 2)]
    [InlineData(3, 4)]
    public async Task SubmitBatch_AnsweredWithMoreOrFewer_IsABadAnswer(int answered, int submitted)
    {
        var gateway = new ScriptedGateway(
            Answer(HttpStatusCode.OK, Answers.Batch(_log, 0, answered), "application/x-ndjson"));
        var transactions = Enumerable.Range(0, submitted)
            .Select(i => (ReadOnlyMemory<byte>)TestLog.Entry(i)).ToList();

        (await Fails(() => gateway.Connect().SubmitBatchAsync(transactions)))
            .Error.Should().Be(SequencerClientError.BadAnswer);
    }

    [Fact]
    public async Task SubmitBatch_IndicesNotConsecutive_IsABadAnswer()
    {
        var lines = Answers.Batch(_log, 0, 2).Split('\n');
        var gateway = new ScriptedGateway(
            Answer(HttpStatusCode.OK, $"{lines[0]}\n{lines[2]}\n{lines[1]}\n", "application/x-ndjson"));

        (await Fails(() => gateway.Connect().SubmitBatchAsync([TestLog.Entry(0), TestLog.Entry(1)])))
            .Message.Should().Contain("not the next one");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("line\n")]
    [InlineData("ü")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task Submit_KeyThatIsNone_IsRefusedBeforeItIsSent(string key) =>
        await FluentActions.Awaiting(() => new ScriptedGateway().Connect().SubmitAsync(TestLog.Entry(1), key))
            .Should().ThrowAsync<ArgumentException>();

    [Fact]
    public async Task SubmitBatch_OfNothing_IsRefusedBeforeItIsSent() =>
        await FluentActions.Awaiting(() => new ScriptedGateway().Connect().SubmitBatchAsync([]))
            .Should().ThrowAsync<ArgumentException>();

    [Fact]
    public async Task Find_GivesTheTransactionAndItsReceipt()
    {
        using var gateway = new StaticGateway(_log);
        var found = await gateway.Connect().FindAsync(3, bundle: true);

        found!.Data.ToArray().Should().Equal(TestLog.Entry(3));
        found.Receipt.Should().Be(_log.Receipt(3));
        gateway.Asked.Single().Should().Be("sequence/3?form=base64&bundle=true");
    }

    [Fact]
    public async Task Find_NoSuchIndex_IsNull()
    {
        using var gateway = new StaticGateway(_log);
        (await gateway.Connect().FindAsync(5)).Should().BeNull();
    }

    [Fact]
    public async Task Find_NotFoundByAnotherServer_IsABadAnswer()
    {
        var page = Answer(HttpStatusCode.NotFound, "There is nothing at this address.", "text/plain");
        var client = new ScriptedGateway(page, page).Connect();

        foreach (var failure in (SequencerClientException[])[
            await Fails(() => client.FindAsync(2)),
            await Fails(() => client.FindEpochsAsync(Monitoring.MonitorFixture.Chain))])
        {
            failure.Error.Should().Be(SequencerClientError.BadAnswer);
            failure.Message.Should().Contain("Check that the address is a sequencer's");
        }
    }

    [Fact]
    public async Task Find_NotFoundBelowAnotherAddress_IsRefused()
    {
        var client = new ScriptedGateway(
            Problem(HttpStatusCode.NotFound, "not_found", "There is nothing at this address.")).Connect();

        (await Fails(() => client.FindAsync(2))).Code.Should().Be("not_found");
    }

    [Fact]
    public async Task Find_AnswerAboutAnotherIndex_IsABadAnswer()
    {
        var gateway = new ScriptedGateway(Answer(HttpStatusCode.OK, Answers.Transaction(_log, 1)));
        (await Fails(() => gateway.Connect().FindAsync(2))).Error.Should().Be(SequencerClientError.BadAnswer);
    }

    [Fact]
    public async Task Bundle_OfABareReceipt_TakesTheDocumentOfTheEpochThatCosigned()
    {
        using var gateway = new StaticGateway(_log);
        var note = _log.Sign(_log.CheckpointAt(5), _log.EnclaveOf(0), TestLog.Time);
        var bundle = await gateway.Connect().BundleAsync(_log.ReceiptWith(1, note, document: null));

        bundle.Should().Be(_log.ReceiptWith(1, note, _log.EnclaveOf(0).Document));
    }

    [Fact]
    public async Task Bundle_CosignedByNobodyKnown_IsABadAnswer()
    {
        using var gateway = new StaticGateway(_log);
        var note = _log.Sign(_log.CheckpointAt(5), enclave: null, TestLog.Time);

        (await Fails(() => gateway.Connect().BundleAsync(_log.ReceiptWith(1, note, document: null))))
            .Message.Should().Contain("none of the epochs");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(TlogProof.MaxExtraBytes + 1)]
    public async Task Bundle_DocumentThatNoBundleTakes_IsABadAnswer(int length)
    {
        _log.ReplaceEpoch(1, epoch => epoch with { AttestationDocument = new byte[length] });
        using var gateway = new StaticGateway(_log);

        var failure = await Fails(() => gateway.Connect().BundleAsync(_log.Receipt(1, bundle: false)));
        failure.Error.Should().Be(SequencerClientError.BadAnswer);
        failure.Message.Should().Contain($"has {length} bytes");
    }

    [Fact]
    public async Task FindEpochs_OneIsNull_IsABadAnswer()
    {
        var gateway = new ScriptedGateway(
            Answer(HttpStatusCode.OK, """{"origin": "a", "log_key": "b", "epochs": [null]}"""));
        var failure = await Fails(
            () => gateway.Connect().FindEpochsAsync(Monitoring.MonitorFixture.Chain));

        failure.Error.Should().Be(SequencerClientError.BadAnswer);
        failure.Message.Should().Contain("an epoch is null");
    }

    [Fact]
    public async Task GetAttestation_WithNonce_SendsItInHex()
    {
        var gateway = new ScriptedGateway(
            Answer(HttpStatusCode.OK, "document"), Answer(HttpStatusCode.OK, "document"));
        var client = gateway.Connect();
        await client.GetAttestationAsync(new byte[] { 0xab, 0x01 });
        await client.GetAttestationAsync();

        gateway.Asked.Select(request => request.Path)
            .Should().Equal("/attestation?nonce=ab01", "/attestation");
    }

    [Fact]
    public async Task FindTile_PartialOneReplacedByTheFullOne_TakesItsFirstPart()
    {
        using var log = new TestLog(256);
        using var gateway = new StaticGateway(log);
        _ = ChainId.TryParse(TestLog.Chain, out var chain);
        var reader = gateway.Replace("tile/0/000.p/5", null).Replace("tile/entries/000.p/5", null)
            .Connect().ReadLog(chain);

        var hashes = await reader.FindTileAsync(new TileId(0, 0, 5));
        hashes.Should().Equal(Enumerable.Range(0, 5).Select(i => MerkleHash.Leaf(TestLog.Entry(i))));
        using var read = await reader.ReadEntriesAsync(new EntryBundlePath(0, 5), default);
        read!.Entries.Select(entry => entry.ToArray())
            .Should().BeEquivalentTo(Enumerable.Range(0, 5).Select(TestLog.Entry));
    }

    [Fact]
    public async Task ReadEntries_WhileOthersAreRead_KeepsItsOwn()
    {
        using var log = new TestLog(512);
        using var gateway = new StaticGateway(log);
        _ = ChainId.TryParse(TestLog.Chain, out var chain);
        var reader = gateway.Connect().ReadLog(chain);

        using var first = await reader.ReadEntriesAsync(new EntryBundlePath(0, 256), default);
        (await reader.ReadEntriesAsync(new EntryBundlePath(1, 256), default))!.Dispose();
        first!.Entries.Select(entry => entry.ToArray())
            .Should().BeEquivalentTo(
                Enumerable.Range(0, 256).Select(TestLog.Entry), options => options.WithStrictOrdering());
    }

    private static async Task<SequencerClientException> Fails(Func<Task> call) =>
        (await call.Should().ThrowAsync<SequencerClientException>()).Which;

    private sealed class EndlessStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(buffer.Length);
    }
}
