using Sequencer.Attestation;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Simulation;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Trust;

public sealed class GatewayTrustTests : IDisposable
{
    private readonly TestLog _log = new(5, 2, 4);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Read_GivesWhatVerifiesTheLogsReceipts()
    {
        var trust = GatewayTrust.Read(_log.Epochs);
        var policy = TlogPolicy.Parse(trust.PolicyText("A comment."));
        var verifier = new ReceiptVerifier(policy, new(trust.Images, trust.SimulatedRoot));

        verifier.Verify(_log.Receipt(1), TestLog.Entry(1)).Index.Should().Be(1);
        trust.PolicyText("A comment.").Should().StartWith("# A comment.\nlog ").And.EndWith("quorum none\n");
        trust.SimulatedRoot!.Sha256.Should().Be(_log.Root.Trusted.Sha256);
        trust.Images.Images.Should().ContainSingle().Which.Measurement.Should().Be(SimulatedNsm.Image);
    }

    [Fact]
    public void Read_KeyOfAnotherLog_IsRefused()
    {
        using var other = PrivateKeyText.Generate("elsewhere.example/log/demo");
        var epochs = _log.Epochs with { LogKey = other.VerifierKey.ToString() };

        FluentActions.Invoking(() => GatewayTrust.Read(epochs)).Should().Throw<TlogException>();
    }

    [Fact]
    public void Read_NewestDocumentDoesNotHold_IsRefused()
    {
        _log.ReplaceEpoch(2, epoch =>
        {
            var document = epoch.AttestationDocument.ToArray();
            document[^1] ^= 1;
            return epoch with { AttestationDocument = document };
        });

        FluentActions.Invoking(() => GatewayTrust.Read(_log.Epochs)).Should().Throw<AttestationException>();
    }

    [Fact]
    public void Read_OlderDocumentDoesNotHold_LeavesItsImageOut()
    {
        _log.ReplaceEpoch(0, epoch => epoch with { AttestationDocument = new byte[] { 0x84 } });

        GatewayTrust.Read(_log.Epochs).Images.Images.Should().ContainSingle();
    }

    [Fact]
    public void Read_NoEpoch_IsRefused() =>
        FluentActions.Invoking(() => GatewayTrust.Read(_log.Epochs with { Epochs = [] }))
            .Should().Throw<AttestationException>();
}
