using System.Net;
using Sequencer.Attestation;
using Sequencer.Client;
using Sequencer.Simulation;

namespace Sequencer.Witness.Tests;

/// <summary>
/// A witness that demands the enclave's word: whoever holds the log's key alone gets nothing.
/// </summary>
public sealed class EnclaveWordTests : IDisposable
{
    private readonly SimulatedRoot _root = SimulatedRoot.Create(TimeProvider.System);
    private readonly TestLog _log = new("log.example/chain");
    private readonly EpochServer _epochs = new();
    private readonly TestEnclave _enclave;

    public EnclaveWordTests()
    {
        _enclave = new TestEnclave(_root, seed: 21);
        _epochs.Enclaves.Add(_enclave);
    }

    public void Dispose()
    {
        _epochs.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task AddAsync_CosignedByTheEnclave_IsCosigned_AndTheEpochsAreFetchedOnce()
    {
        await using var fixture = Start();
        await CosignedAsync(fixture, _log.Request(0, 3, _enclave.Cosign));
        await CosignedAsync(fixture, _log.Request(3, 5, _enclave.Cosign));
        _epochs.Requests.Should().Be(1);
        _epochs.Address.Should().Be(new Uri("http://gateway.example/log/chain/epochs"));
    }

    [Fact]
    public async Task AddAsync_ProposedByTheEnclave_IsCosigned()
    {
        await using var fixture = Start();
        var cosigned = await CosignedAsync(fixture, _log.Request(0, 3, _enclave.Propose));
        SignedNote.Parse(cosigned.Checkpoint.Note.Span).Signatures.Select(line => line.Name)
            .Should().Equal(_log.Origin, TestEnclave.EnclaveName, "witness.example");
    }

    [Fact]
    public async Task AddAsync_EmptyLog_NeedsNoEnclave()
    {
        await using var fixture = Start();
        await CosignedAsync(fixture, _log.Request(0, 0));
        _epochs.Requests.Should().Be(0);
    }

    [Fact]
    public async Task AddAsync_StolenLogKeyAlone_IsRefusedWithASentence_AndNothingIsWritten()
    {
        await using var fixture = Start();
        await CosignedAsync(fixture, _log.Request(0, 3, _enclave.Cosign));
        var (writes, state) = (fixture.Disk.Writes, fixture.Disk.ToString());

        var refused = await RefusedAsync(fixture, _log.Request(3, 9), RefusalReason.NotSignedByEnclave);
        refused.Sentence.Should().Be("No accepted enclave signed the checkpoint: it carries no signature by "
            + "log.example/_simulated-enclave, and the log's own key is not enough for this witness.");
        (await RefusedAsync(fixture, _log.Request(3, 9, _enclave.Forge), RefusalReason.NotSignedByEnclave))
            .Sentence.Should().Contain("not good");
        var own = new TestEnclave(_root, seed: 22);
        await RefusedAsync(fixture, _log.Request(3, 9, own.Cosign), RefusalReason.NotSignedByEnclave);

        (fixture.Disk.Writes, fixture.Disk.ToString()).Should().Be((writes, state));
        await CosignedAsync(fixture, _log.Request(3, 4, _enclave.Cosign));
    }

    [Fact]
    public async Task AddAsync_EnclaveOfAnotherImage_IsRefused()
    {
        var bytes = Enumerable.Repeat((byte)7, AttestationDocument.PcrSize).ToArray();
        var other = new TestEnclave(_root, seed: 22, new ImageMeasurement(bytes, bytes, bytes));
        await RefusedWithAsync(other);
    }

    [Fact]
    public async Task AddAsync_EnclaveUnderAnotherRoot_IsRefused()
    {
        using var root = SimulatedRoot.Create(TimeProvider.System);
        await RefusedWithAsync(new TestEnclave(root, seed: 22));
    }

    [Fact]
    public async Task AddAsync_KeyBesideAnotherKeysDocument_IsRefused()
    {
        var thief = new TestEnclave(_root, seed: 22) { Document = _enclave.Document };
        await RefusedWithAsync(thief);
    }

    [Fact]
    public async Task AddAsync_AcceptedImageOfAnotherLogPrefix_IsRefused()
    {
        // The same image runs for another operator; what it signs there says nothing about this log.
        await RefusedWithAsync(new TestEnclave(_root, seed: 22, name: "other.example/_simulated-enclave"));
    }

    [Fact]
    public async Task AddAsync_NewEpoch_IsLearnt()
    {
        await using var fixture = Start();
        await CosignedAsync(fixture, _log.Request(0, 3, _enclave.Cosign));
        var next = new TestEnclave(_root, seed: 22);
        _epochs.Enclaves.Add(next);
        fixture.Time.Advance(FetchBudget.IntervalPerLog);
        await CosignedAsync(fixture, _log.Request(3, 5, next.Cosign));
        _epochs.Requests.Should().Be(2);
    }

    [Fact]
    public async Task AddAsync_GarbageKeys_FetchOnceInAWhile()
    {
        await using var fixture = Start();
        for (byte seed = 30; seed < 60; seed++)
        {
            var garbage = new TestEnclave(_root, seed);
            await RefusedAsync(fixture, _log.Request(0, 3, garbage.Cosign), RefusalReason.NotSignedByEnclave);
        }

        _epochs.Requests.Should().Be(1);
        await RefusedAsync(fixture, _log.Request(0, 3, _enclave.Cosign), RefusalReason.NotSignedByEnclave);
        fixture.Time.Advance(FetchBudget.IntervalPerLog);
        await CosignedAsync(fixture, _log.Request(0, 3, _enclave.Cosign));
    }

    [Fact]
    public async Task AddAsync_GarbageOfManyChains_StaysWithinTheBudgetOfAll()
    {
        await using var fixture = Start();
        var garbage = new TestEnclave(_root, seed: 22);
        for (var i = 0; i < 2 * FetchBudget.Burst; i++)
        {
            var verdict = await fixture.AddAsync(
                new TestLog($"log.example/{i}").Request(0, 1, garbage.Cosign));
            verdict.Should().BeOfType<Verdict.Refused>().Which.Reason.Should().Be(
                i < FetchBudget.Burst ? RefusalReason.NotSignedByEnclave : RefusalReason.EpochsUnavailable);
        }

        _epochs.Requests.Should().Be(FetchBudget.Burst);
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 2 * FetchBudget.PerSecond; i++)
            await fixture.AddAsync(new TestLog($"log.example/more{i}").Request(0, 1, garbage.Cosign));
        _epochs.Requests.Should().Be(FetchBudget.Burst + FetchBudget.PerSecond);
    }

    [Theory]
    [InlineData("gone", "answered 404")]
    [InlineData("moved", "answered 302")]
    [InlineData("long", "answered more than")]
    [InlineData("garbage", "not of the agreed form")]
    [InlineData("broken", "the test broke it")]
    public async Task AddAsync_EpochsCannotBeHad_IsTriedAgainLater(string how, string expected)
    {
        _epochs.Other = _ => how switch
        {
            "gone" => Task.FromResult(EpochServer.Answer(HttpStatusCode.NotFound)),
            "moved" => Task.FromResult(EpochServer.Answer(HttpStatusCode.Found)),
            "long" => Task.FromResult(EpochServer.Answer(
                HttpStatusCode.OK, new ByteArrayContent(new byte[EpochSource.AnswerMaxBytes + 1]))),
            "garbage" => Task.FromResult(EpochServer.Answer(HttpStatusCode.OK, new StringContent("[]"))),
            _ => throw new HttpRequestException("the test broke it"),
        };
        await using var fixture = Start();
        (await RefusedAsync(fixture, _log.Request(0, 3, _enclave.Cosign), RefusalReason.EpochsUnavailable))
            .Sentence.Should().Contain(expected);
        _epochs.Other = null;
        // At once nothing is fetched, and nothing is said against the enclave: a 403 would be rested upon.
        await RefusedAsync(fixture, _log.Request(0, 3, _enclave.Cosign), RefusalReason.EpochsUnavailable);
        _epochs.Requests.Should().Be(1);
        fixture.Time.Advance(FetchBudget.IntervalPerLog);
        await CosignedAsync(fixture, _log.Request(0, 3, _enclave.Cosign));
    }

    [Fact]
    public async Task AddAsync_ManyWaitForTheSameEpochs_OneFetch()
    {
        var begun = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _epochs.Other = async _ =>
        {
            begun.SetResult();
            await release.Task;
            return EpochServer.Answer(HttpStatusCode.BadGateway);
        };
        await using var fixture = Start();
        var first = fixture.AddAsync(_log.Request(0, 3, _enclave.Cosign));
        await begun.Task;
        var others = Enumerable.Range(0, 20)
            .Select(_ => fixture.AddAsync(_log.Request(0, 3, _enclave.Cosign))).ToList();
        release.SetResult();
        (await Task.WhenAll([first, .. others])).Should().AllBeOfType<Verdict.Refused>();
        _epochs.Requests.Should().Be(1);
    }

    private async Task RefusedWithAsync(TestEnclave enclave)
    {
        _epochs.Enclaves.Add(enclave);
        await using var fixture = Start();
        await RefusedAsync(fixture, _log.Request(0, 3, enclave.Cosign), RefusalReason.NotSignedByEnclave);
        fixture.Witness.Find(StateStore.NameOf(_log.Origin)).Should().BeNull();
    }

    private WitnessFixture Start() => WitnessFixture.Start(_epochs, new LogRule
    {
        Name = "test",
        Key = _log.Key,
        Prefix = "log.example",
        OriginsMax = 10,
        Enclave = new EnclaveRule
        {
            Verifier = new EnclaveVerifier(new AcceptedImages(SimulatedNsm.Image), _root.Trusted),
            CosignerName = TestEnclave.EnclaveName,
            Address = new Uri("http://gateway.example/log"),
        },
    });

    private static async Task<Verdict.Cosigned> CosignedAsync(
        WitnessFixture fixture, AddCheckpointRequest request)
    {
        var verdict = await fixture.AddAsync(request);
        return verdict.Should().BeOfType<Verdict.Cosigned>($"{verdict}").Subject;
    }

    private static async Task<Verdict.Refused> RefusedAsync(
        WitnessFixture fixture, AddCheckpointRequest request, RefusalReason reason)
    {
        var refused = (await fixture.AddAsync(request)).Should().BeOfType<Verdict.Refused>().Subject;
        refused.Reason.Should().Be(reason, refused.Sentence);
        return refused;
    }
}
