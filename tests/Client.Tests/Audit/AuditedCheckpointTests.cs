using System.Text;
using Sequencer.Attestation;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Tlog;
using static Sequencer.Client.Tests.Audit.Audits;

namespace Sequencer.Client.Tests.Audit;

/// <summary>Which checkpoint an audit is of, and what it says of an older one.</summary>
public sealed class AuditedCheckpointTests(LargeLog large) : IClassFixture<LargeLog>
{
    private const int LargeSize = LargeLog.Size;

    private TestLog Log => large.Log;

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    [InlineData(1_000)]
    [InlineData(69_900)]
    [InlineData(LargeSize)]
    public async Task Audit_OlderCheckpointOfThisLog_Holds(int size)
    {
        var older = Log.Sign(Log.CheckpointAt((ulong)size), enclave: null, TestLog.Time);
        var report =
            await AuditAsync(Log, new StaticGateway(Log), options => options.OlderCheckpoint = older);

        report.Findings.Should().BeEmpty();
        report.Checks.Single(check => check.Rule == AuditRule.OlderCheckpoint).Outcome
            .Should().Be(CheckOutcome.Passed);
    }

    [Fact]
    public async Task Audit_OlderCheckpointOfAnotherHistory_IsFound()
    {
        var older =
            Log.Sign(Log.CheckpointAt(500) with { Root = MerkleHash.Empty }, enclave: null, TestLog.Time);
        (await OlderFinding(older)).Should().Contain("history was rewritten");
    }

    [Fact]
    public async Task Audit_OlderCheckpointOfALongerLog_IsFound()
    {
        var older = Log.Sign(
            new(TestLog.LogOrigin, LargeSize + 1, MerkleHash.Empty), enclave: null, TestLog.Time);
        (await OlderFinding(older)).Should().Contain("entries were taken back");
    }

    [Fact]
    public async Task Audit_OlderCheckpointBySomebodyElse_IsFound()
    {
        var note = SignedNote.Create(
            Log.CheckpointAt(500).ToNoteText(),
            Log.Enclave.Cosign(Log.CheckpointAt(500).ToNoteText(), TestLog.Time));
        (await OlderFinding(note.ToString())).Should().Contain("not signed");
    }

    [Fact]
    public async Task Audit_OlderCheckpointOfAnotherLog_IsFound()
    {
        var older = SignedNote.Parse(Log.NoteAt(500)).ToString()
            .Replace(TestLog.LogOrigin, "elsewhere.example/log/demo", StringComparison.Ordinal);
        (await OlderFinding(older)).Should().Contain("It is of the log elsewhere.example/log/demo");
    }

    [Fact]
    public async Task Audit_NoWitnessedCheckpointYet_IsOfTheNewestUnlessThePolicyDemandsWitnesses()
    {
        using var log = new TestLog(9);
        var gateway = new StaticGateway(log).Unwitnessed();
        var demanding = log.PolicyWith("any", new TestWitness("w0.example", 100));

        var report = await AuditAsync(log, gateway);
        var failure = (await FluentActions
            .Awaiting(() => AuditAsync(log, gateway, options => options.Policy = demanding))
            .Should().ThrowAsync<SequencerClientException>()).Which;

        report.IsSound.Should().BeTrue();
        report.Checkpoint!.Size.Should().Be(9);
        failure.Code.Should().Be("checkpoint_unwitnessed");
        failure.Message.Should().Contain("No quorum").And.NotContain("no chain");
    }

    [Fact]
    public async Task Audit_WitnessesNotDemanded_IsOfTheNewestCheckpointAndOfTheWitnessedOne()
    {
        using var log = new TestLog(9);
        var other = log.Sign(log.CheckpointAt(8) with { Root = MerkleHash.Empty }, log.Enclave, TestLog.Time);

        var honest = await AuditAsync(log, Lagging(log, log.NoteAt(8)));
        var forked = await AuditAsync(log, Lagging(log, other));

        honest.Findings.Should().BeEmpty();
        honest.Checkpoint!.Size.Should().Be(9);
        forked.Findings.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { Rule = AuditRule.Root, Where = "checkpoint" });
    }

    [Fact]
    public async Task Audit_OlderCheckpointLargerThanTheWitnessedOne_IsComparedWithTheNewest()
    {
        using var log = new TestLog(9);
        var witness = new TestWitness("w0.example", 100);
        var policy = log.PolicyWith("any", witness);
        var gateway = Lagging(log, log.NoteAt(8, witness));
        var rewritten = log.Sign(log.CheckpointAt(9) with { Root = MerkleHash.Empty }, log.Enclave, TestLog.Time);

        var honest = await OlderAsync(gateway, log.NoteAt(9));
        var rewrite = await OlderAsync(gateway, rewritten);
        var rollback = await OlderAsync(
            gateway.Replace("checkpoint?latest", Encoding.UTF8.GetBytes(log.NoteAt(8))), log.NoteAt(9));

        honest.IsSound.Should().BeTrue();
        honest.Checkpoint!.Size.Should().Be(8);
        Found(rewrite, AuditRule.OlderCheckpoint).What.Should().Contain("history was rewritten");
        Found(rollback, AuditRule.OlderCheckpoint).What.Should().Contain("entries were taken back");

        Task<AuditReport> OlderAsync(StaticGateway asked, string older) => AuditAsync(log, asked, options =>
            (options.Policy, options.OlderCheckpoint) = (policy, older));
    }

    [Fact]
    public async Task Audit_NewestCheckpointNotSignedByTheLog_DoesNotSpeakForIt()
    {
        using var log = new TestLog(9);
        var witness = new TestWitness("w0.example", 100);
        var policy = log.PolicyWith("any", witness);
        var text = log.CheckpointAt(9).ToNoteText();
        var unsigned = SignedNote.Create(text, log.Enclave.Cosign(text, TestLog.Time)).ToString();
        var report = await AuditAsync(
            log, Lagging(log, log.NoteAt(8, witness)).Replace("checkpoint?latest", Encoding.UTF8.GetBytes(unsigned)),
            options => (options.Policy, options.OlderCheckpoint) = (policy, log.NoteAt(9)));

        Found(report, AuditRule.LogSignature).Where.Should().Be("checkpoint?latest");
        Found(report, AuditRule.OlderCheckpoint).What.Should().Contain("entries were taken back");
    }

    /// <summary>Serves a log whose witnesses are behind: its whole is the newest alone.</summary>
    private static StaticGateway Lagging(TestLog log, string witnessed) => new StaticGateway(log)
        .Replace("checkpoint", Encoding.UTF8.GetBytes(witnessed))
        .Replace("checkpoint?latest", Encoding.UTF8.GetBytes(log.NoteAt(log.Size)));

    private async Task<string> OlderFinding(string older)
    {
        var report =
            await AuditAsync(Log, new StaticGateway(Log), options => options.OlderCheckpoint = older);
        var finding = report.Findings.Should().ContainSingle().Which;
        finding.Rule.Should().Be(AuditRule.OlderCheckpoint);
        return finding.What;
    }
}
