using System.Security.Cryptography;
using System.Text;
using Sequencer.Simulation;
using Sequencer.Testing;

namespace Sequencer.Attestation.Tests;

public sealed class SimulatedNsmTests : IDisposable
{
    private readonly ManualClock _clock = new(ForgedChain.Now);
    private readonly SimulatedRoot _root;
    private readonly SimulatedNsm _nsm;
    private readonly AttestationPolicy _policy;

    public SimulatedNsmTests()
    {
        _root = SimulatedRoot.Create(_clock);
        _nsm = new SimulatedNsm(_root, _clock);
        _policy = new AttestationPolicy
        {
            Root = _root.Trusted,
            Images = new AcceptedImages(SimulatedNsm.Image),
        };
    }

    [Fact]
    public void Attest_Verifies_UnderItsOwnRootAndSaysThatItIsSimulated()
    {
        var document = _nsm.Attest(new byte[] { 1 }, new byte[] { 2 }, new byte[] { 3 });
        var policy = _policy with
        {
            UserData = new byte[] { 1 },
            Nonce = new byte[] { 2 },
            PublicKey = new byte[] { 3 },
            MaxAge = TimeSpan.Zero,
        };
        var verified = AttestationVerifier.Verify(document, policy, new VerificationTime.Now(_clock));
        verified.IsSimulated.Should().BeTrue();
        verified.Image.Should().Be(SimulatedNsm.Image);
        verified.Chain.Should().HaveCount(5);
        verified.Chain[0].Subject.Should().Contain("SIMULATED");
        verified.Document.Timestamp.Should().Be(ForgedChain.Now);
        verified.Document.ModuleId.Should().MatchRegex("^i-simulated-enc[0-9a-f]{16}$");
        verified.Document.ModuleId.Should().Be(_nsm.Describe().ModuleId);
        verified.Chain[^1].Subject.Should().Contain($"CN={verified.Document.ModuleId}.");
    }

    [Fact]
    public void Attest_UnderAnotherRoot_IsRefused()
    {
        using var other = SimulatedRoot.Create(_clock);
        var document = _nsm.Attest(null, null, null);
        Refusal.Of(document, _policy with { Root = other.Trusted }, Refusal.OwnTime)
            .Should().Be(AttestationError.RootNotTrusted);
        Refusal.Of(document, _policy with { Root = TrustedRoot.Aws }, Refusal.OwnTime)
            .Should().Be(AttestationError.RootNotTrusted);
    }

    [Fact]
    public void Attest_ManyTimes_ReusesTheChainUntilItIsNearlyOver()
    {
        var first = Leaf();
        _clock.Now += TimeSpan.FromMinutes(169);
        Leaf().Should().Equal(first);
        _clock.Now += TimeSpan.FromMinutes(2);
        Leaf().Should().NotEqual(first);
        OfNow().Should().BeNull();
        _clock.Now += TimeSpan.FromDays(1000);
        OfNow().Should().BeNull();
    }

    [Fact]
    public void Attest_ClockSetBack_IssuesAChainForThatTime()
    {
        Leaf();
        _clock.Now -= TimeSpan.FromHours(5);
        OfNow().Should().BeNull();
    }

    [Fact]
    public void Attest_FieldTooLong_IsRefused()
    {
        var tooLong = new byte[1025];
        OfError(() => _nsm.Attest(tooLong, null, null)).Should().Be(NsmError.InputTooLarge);
        OfError(() => _nsm.Attest(null, tooLong, null)).Should().Be(NsmError.InputTooLarge);
        OfError(() => _nsm.Attest(null, null, tooLong)).Should().Be(NsmError.InputTooLarge);
        _nsm.Attest(new byte[1024], new byte[1024], new byte[1024]).Should().NotBeEmpty();
    }

    [Fact]
    public void Attest_NullAndEmpty_StayDistinct()
    {
        var document = AttestationDocument.Parse(_nsm.Attest(null, ReadOnlyMemory<byte>.Empty, null));
        document.UserData.Should().BeNull();
        document.Nonce!.Value.Length.Should().Be(0);
    }

    [Fact]
    public void Attest_CarriesLockedPcrsOnly()
    {
        Pcrs().Keys.Should().BeEquivalentTo(Enumerable.Range(0, 16));
        var value = _nsm.ExtendPcr(17, [7]);
        Pcrs().Should().NotContainKey(17);
        _nsm.LockPcr(17);
        Pcrs()[17].ToArray().Should().Equal(value);
        _nsm.LockPcrs(20);
        Pcrs().Keys.Should().BeEquivalentTo(Enumerable.Range(0, 20));
    }

    [Fact]
    public void Pcrs_OfTheImage_CannotChange()
    {
        for (var index = 0; index < 16; index++)
        {
            _nsm.DescribePcr(index).IsLocked.Should().BeTrue();
            OfError(() => _nsm.ExtendPcr(index, [1])).Should().Be(NsmError.ReadOnlyIndex);
            OfError(() => _nsm.LockPcr(index)).Should().Be(NsmError.ReadOnlyIndex);
        }
    }

    [Fact]
    public void Pcrs_OfTheApplication_ExtendUntilLocked()
    {
        var first = _nsm.ExtendPcr(16, [1]);
        first.Should().Equal(SHA384.HashData([.. new byte[48], 1]));
        _nsm.ExtendPcr(16, [2]).Should().Equal(SHA384.HashData([.. first, 2]));
        _nsm.LockPcr(16);
        OfError(() => _nsm.ExtendPcr(16, [3])).Should().Be(NsmError.ReadOnlyIndex);
        OfError(() => _nsm.LockPcr(16)).Should().Be(NsmError.ReadOnlyIndex);
        OfError(() => _nsm.DescribePcr(32)).Should().Be(NsmError.InvalidIndex);
        OfError(() => _nsm.DescribePcr(-1)).Should().Be(NsmError.InvalidIndex);
        OfError(() => _nsm.LockPcrs(33)).Should().Be(NsmError.InvalidIndex);
        OfError(() => _nsm.ExtendPcr(16, new byte[1025])).Should().Be(NsmError.InputTooLarge);
    }

    [Fact]
    public void Image_IsTheSameInEveryBuild()
    {
        SimulatedNsm.Image.Pcr0.ToArray()
            .Should().Equal(SHA384.HashData(Encoding.UTF8.GetBytes("simulated sequencer enclave, PCR0")));
        Convert.ToHexStringLower(SimulatedNsm.Image.Pcr0.Span[..8]).Should().Be("d50fbb1d62ad4ac8");
    }

    [Fact]
    public void Constructor_GivenPcrs_AttestsThem()
    {
        byte[] role = [9, .. new byte[47]];
        var pcrs = new Dictionary<int, ReadOnlyMemory<byte>> { [0] = role, [3] = role };
        using var nsm = new SimulatedNsm(_root, _clock, pcrs);
        nsm.DescribePcr(3).Data.ToArray().Should().Equal(role);
        Refusal.Of(nsm.Attest(null, null, null), _policy, Refusal.OwnTime)
            .Should().Be(AttestationError.DebugMode);
        foreach (var wrong in new[] { (16, 48), (-1, 48), (0, 47) })
        {
            pcrs = new() { [wrong.Item1] = new byte[wrong.Item2] };
            FluentActions.Invoking(() => new SimulatedNsm(_root, _clock, pcrs))
                .Should().Throw<ArgumentException>();
        }
    }

    [Fact]
    public void Attest_FromManyThreads_GivesGoodDocuments()
    {
        var documents = new byte[64][];
        Parallel.For(0, documents.Length, i => documents[i] = _nsm.Attest(null, new[] { (byte)i }, null));
        for (var i = 0; i < documents.Length; i++)
        {
            Refusal.Of(documents[i], _policy with { Nonce = new[] { (byte)i } }, Refusal.OwnTime)
                .Should().BeNull();
        }
    }

    [Fact]
    public void Attest_AfterDispose_IsRefused()
    {
        _nsm.Dispose();
        _nsm.Invoking(nsm => nsm.Attest(null, null, null)).Should().Throw<ObjectDisposedException>();
    }

    public void Dispose()
    {
        _nsm.Dispose();
        _root.Dispose();
    }

    private static NsmError OfError(Action action) => action.Should().Throw<NsmException>().Which.Error;

    private AttestationError? OfNow() =>
        Refusal.Of(_nsm.Attest(null, null, null), _policy, new VerificationTime.Now(_clock));

    private byte[] Leaf() =>
        AttestationDocument.Parse(_nsm.Attest(null, null, null)).Certificate.ToArray();

    private IReadOnlyDictionary<int, ReadOnlyMemory<byte>> Pcrs() =>
        AttestationDocument.Parse(_nsm.Attest(null, null, null)).Pcrs;
}
