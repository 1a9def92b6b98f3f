using System.Security.Cryptography;
using Sequencer.Simulation;
using Sequencer.Testing;

namespace Sequencer.Attestation.Tests;

/// <summary>All seven calls from client to module and back, over their real encoding.</summary>
public sealed class NsmClientTests : IDisposable
{
    private readonly SimulatedRoot _root = SimulatedRoot.Create(new ManualClock(ForgedChain.Now));
    private readonly SimulatedNsm _module;
    private readonly ModuleOverTheWire _wire;
    private readonly NsmClient _client;

    public NsmClientTests()
    {
        _module = new SimulatedNsm(_root, new ManualClock(ForgedChain.Now));
        _wire = new ModuleOverTheWire(_module);
        _client = new NsmClient(_wire.Exchange);
    }

    [Fact]
    public void Attest_BringsADocumentThatVerifies()
    {
        var document = _client.Attest(new byte[] { 1 }, null, ReadOnlyMemory<byte>.Empty);
        var policy = new AttestationPolicy
        {
            Root = _root.Trusted,
            Images = new AcceptedImages(SimulatedNsm.Image),
            UserData = new byte[] { 1 },
            PublicKey = ReadOnlyMemory<byte>.Empty,
        };
        AttestationVerifier.Verify(document, policy, Refusal.OwnTime).Document.Nonce.Should().BeNull();
    }

    [Fact]
    public void PcrCalls_ExtendAndLock()
    {
        var extended = _client.ExtendPcr(16, [1, 2, 3]);
        extended.Should().Equal(SHA384.HashData([.. new byte[48], 1, 2, 3]));
        _client.DescribePcr(16).Should().BeEquivalentTo(new { IsLocked = false });
        _client.LockPcr(16);
        _client.DescribePcr(16).IsLocked.Should().BeTrue();
        _client.DescribePcr(16).Data.ToArray().Should().Equal(extended);
        _client.LockPcrs(32);
        _client.Describe().LockedPcrs.Should().Equal(Enumerable.Range(0, 32));
        OfError(() => _client.ExtendPcr(16, [1])).Should().Be(NsmError.ReadOnlyIndex);
    }

    [Fact]
    public void GetRandom_BringsBytes()
    {
        _client.GetRandom().Should().HaveCount(256).And.NotEqual(_client.GetRandom());
    }

    [Fact]
    public void Errors_ComeBackAsTheirNames()
    {
        OfError(() => _client.DescribePcr(32)).Should().Be(NsmError.InvalidIndex);
        OfError(() => _client.ExtendPcr(0, [1])).Should().Be(NsmError.ReadOnlyIndex);
        OfError(() => _client.LockPcr(0)).Should().Be(NsmError.ReadOnlyIndex);
        OfError(() => _client.LockPcrs(33)).Should().Be(NsmError.InvalidIndex);
    }

    [Fact]
    public void FieldsThatAreTooLong_AreRefusedBeforeTheCall()
    {
        var fits = new byte[1024];
        var tooLong = new byte[1025];
        _client.Attest(fits, fits, fits).Should().NotBeEmpty();
        _client.ExtendPcr(16, fits).Should().HaveCount(48);
        var before = _wire.Requests.Count;
        OfError(() => _client.Attest(tooLong, null, null)).Should().Be(NsmError.InputTooLarge);
        OfError(() => _client.Attest(null, tooLong, null)).Should().Be(NsmError.InputTooLarge);
        OfError(() => _client.Attest(null, null, tooLong)).Should().Be(NsmError.InputTooLarge);
        OfError(() => _client.ExtendPcr(16, tooLong)).Should().Be(NsmError.InputTooLarge);
        OfError(() => _client.DescribePcr(-1)).Should().Be(NsmError.InvalidIndex);
        OfError(() => _client.LockPcrs(65536)).Should().Be(NsmError.InvalidIndex);
        _wire.Requests.Count.Should().Be(before);
    }

    [Fact]
    public void AnAnswerToAnotherCall_IsRefused()
    {
        var client = new NsmClient(_ => _wire.Exchange(NsmMessages.GetRandom()));
        OfError(() => client.Attest(null, null, null)).Should().Be(NsmError.MalformedResponse);
        OfError(() => client.LockPcr(16)).Should().Be(NsmError.MalformedResponse);
    }

    public void Dispose()
    {
        _module.Dispose();
        _root.Dispose();
    }

    private static NsmError OfError(Action action) => action.Should().Throw<NsmException>().Which.Error;
}
