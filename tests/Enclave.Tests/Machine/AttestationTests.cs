using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Testing;

namespace Sequencer.Enclave.Tests;

/// <summary>What attestation says, and what it costs.</summary>
public sealed class AttestationTests : IDisposable
{
    private readonly Epoch _epoch = Epoch.Boot();

    [Fact]
    public void Attest_BindsKeyNameAndProtocolToTheImage()
    {
        var nonce = new byte[] { 1, 2, 3 };
        var document = _epoch.Ask<AttestReply>(new AttestRequest(nonce)).Document;
        var policy = new AttestationPolicy
        {
            Root = Epoch.Root.Trusted,
            Images = new AcceptedImages(Simulation.SimulatedNsm.Image),
            Nonce = nonce,
            PublicKey = _epoch.Machine.Cosigner.PublicKey,
        };
        var verified = AttestationVerifier.Verify(document, policy, new VerificationTime.DocumentTimestamp());
        SequencerBinding.Parse(verified.Document.UserData!.Value)
            .Should().Be(new SequencerBinding(_epoch.Machine.Cosigner.Name, Limits.Version));
    }

    [Fact]
    public void Attest_WithoutANonce_IsAnsweredWithoutTheNsm()
    {
        var calls = _epoch.Nsm.Calls;
        var documents = Enumerable.Range(0, 1000).Select(_ => _epoch.Document()).ToArray();
        _epoch.Nsm.Calls.Should().Be(calls);
        documents.Should().AllSatisfy(document => document.Should().Equal(documents[0]));
        AttestationDocument.Parse(documents[0]).Nonce.Should().BeNull();
    }

    [Fact]
    public void Attest_WhenTheNsmFails_IsRefused()
    {
        _epoch.Nsm.Failure = new NsmException(NsmError.Timeout, "no answer");
        var refusal = _epoch.Refused(new AttestRequest(new byte[1]));
        refusal.Should().Be(new EnclaveRefusal(EnclaveRefusalReason.NsmFailed, "no answer"));
        _epoch.Ask<AttestReply>(new AttestRequest(null));
    }

    [Fact]
    public void Execute_AFaultThatNobodyForesaw_IsARefusalOfItsOwn()
    {
        _epoch.Dispose();
        _epoch.Refused(new CreateRequest(Epoch.Demo)).Reason.Should().Be(EnclaveRefusalReason.Internal);
        _epoch.Ask<DescribeReply>(new DescribeRequest());
    }

    [Fact]
    public void Boot_WithoutAnNsmThatAnswers_Fails()
    {
        var clock = new ManualClock(Epoch.At(Epoch.Start));
        var nsm = new TestNsm(Epoch.Root, clock, Simulation.SimulatedNsm.Image)
        {
            Failure = new NsmException(NsmError.Timeout, "no answer"),
        };
        var boot = () =>
            new EnclaveMachine(Epoch.Configuration, nsm, Epoch.Root.Trusted, TimeProvider.System);
        boot.Should().Throw<NsmException>();
    }

    public void Dispose() => _epoch.Dispose();
}
