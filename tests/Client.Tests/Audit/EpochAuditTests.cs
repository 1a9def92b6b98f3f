using Sequencer.Client.Tests.Fixtures;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Audit;

public sealed class EpochAuditTests : IDisposable
{
    private readonly TestLog _log = new(300, 100, 200);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void HonestEpochs_AreSound() => Findings().Should().BeEmpty();

    [Fact]
    public void FirstEpochWithheld_IsFound()
    {
        _log.RemoveEpoch(0);

        Findings().Select(finding => finding.What).Should().Equal(
            "The first epoch must begin at size 0: earlier ones are withheld.",
            "The first epoch has a handover: earlier epochs are withheld.");
    }

    [Fact]
    public void MiddleEpochWithheld_IsFoundByTheHandover()
    {
        _log.RemoveEpoch(1);

        Findings().Should().ContainSingle().Which.What.Should().Contain("Its handover is from");
    }

    [Fact]
    public void HandoverMissing_IsANewHistory() =>
        Changed(epoch => epoch with { Handover = null }).Should().Contain("a new history was begun");

    [Fact]
    public void HandoverOfAnotherRoot_IsFound() =>
        Changed(epoch => epoch with
        {
            Handover = Adopt(_log.CheckpointAt(100) with { Root = MerkleHash.Empty }),
        }).Should().Contain("adopted the root");

    [Fact]
    public void HandoverOfAnotherSize_IsFound() =>
        Changed(epoch => epoch with { Handover = Adopt(_log.CheckpointAt(99)) })
            .Should().Contain("adopted size 99; it begins at 100");

    [Fact]
    public void HandoverOfAnotherLog_IsFound() =>
        Changed(epoch => epoch with
        {
            Handover = Adopt(_log.CheckpointAt(100) with { Origin = "elsewhere.example/log/demo" }),
        }).Should().Contain("for another log");

    [Fact]
    public void HandoverToAnotherKey_IsFound() =>
        Changed(epoch => epoch with
        {
            Handover = _log.EnclaveOf(1).Adopt(
                _log.CheckpointAt(100), _log.EnclaveOf(0).Cosigner, TestLog.Time + 1,
                newKey: _log.EnclaveOf(2).Cosigner),
        }).Should().Contain("to another key");

    [Fact]
    public void HandoverSignedBySomebodyElse_IsFound() =>
        Changed(epoch => epoch with
        {
            Handover = _log.EnclaveOf(2)
                .Adopt(_log.CheckpointAt(100), _log.EnclaveOf(0).Cosigner, TestLog.Time + 1),
        }).Should().Contain("does not hold");

    [Fact]
    public void HandoverThatIsNone_IsFound() =>
        Changed(epoch => epoch with { Handover = "nothing" }).Should().Contain("does not hold");

    [Fact]
    public void HandoverEarlierThanTheOneBefore_IsFound()
    {
        _log.ReplaceEpoch(2, epoch => epoch with
        {
            Handover = _log.EnclaveOf(2)
                .Adopt(_log.CheckpointAt(200), _log.EnclaveOf(1).Cosigner, TestLog.Time),
        });

        Findings().Should().ContainSingle().Which.What.Should().Contain("is before that of the last epoch");
    }

    [Fact]
    public void EpochsOutOfOrder_AreFound()
    {
        _log.ReplaceEpoch(1, epoch => epoch with { StartSize = 250 });

        Findings().Should().Contain(
            finding => finding.What.Contains("begins before the one", StringComparison.Ordinal));
    }

    [Fact]
    public void KeyThatTheDocumentDoesNotAttest_IsFound()
    {
        _log.ReplaceEpoch(1, epoch => epoch with { CosignerKey = _log.EnclaveOf(0).Cosigner.ToString() });

        Findings()[0].What.Should().Contain("but the document attests");
    }

    [Fact]
    public void DocumentChanged_IsFoundAndItsHandoverIsNotClaimed()
    {
        _log.ReplaceEpoch(1, epoch =>
        {
            var document = epoch.AttestationDocument.ToArray();
            document[^1] ^= 1;
            return epoch with { AttestationDocument = document };
        });

        Findings().Select(finding => finding.Rule).Should().Equal(AuditRule.Epochs, AuditRule.Handovers);
    }

    [Fact]
    public void NoEpoch_IsFound()
    {
        var findings = new AuditFindings();
        new EpochAudit(TestLog.LogOrigin, _log.Enclaves, findings).CheckEpochs([]);

        findings.Kept.Should().ContainSingle().Which.Rule.Should().Be(AuditRule.Epochs);
    }

    private string Adopt(Checkpoint prior) =>
        _log.EnclaveOf(1).Adopt(prior, _log.EnclaveOf(0).Cosigner, TestLog.Time + 1);

    private string Changed(Func<LogEpoch, LogEpoch> change)
    {
        _log.ReplaceEpoch(1, change);
        var finding = Findings().Should().ContainSingle().Which;
        finding.Rule.Should().Be(AuditRule.Handovers);
        finding.Where.Should().Be("epoch 2 (from size 100)");
        return finding.What;
    }

    private IReadOnlyList<AuditFinding> Findings()
    {
        var findings = new AuditFindings();
        var audit = new EpochAudit(TestLog.LogOrigin, _log.Enclaves, findings);
        audit.CheckEpochs(_log.Epochs.Epochs);
        audit.CheckHandovers(size => _log.Tree.RootAt(size));
        return findings.Kept;
    }
}
