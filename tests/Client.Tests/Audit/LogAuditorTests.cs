using System.Text;
using Sequencer.Attestation;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Tlog;
using static Sequencer.Client.Tests.Audit.Audits;

namespace Sequencer.Client.Tests.Audit;

/// <summary>Audits of a sound log of each size, and of one log with every kind of damage.</summary>
public sealed class LogAuditorTests(LargeLog large) : IClassFixture<LargeLog>
{
    private const int LargeSize = LargeLog.Size;

    private TestLog Log => large.Log;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    public async Task Audit_SoundLogOfAnySize_IsSound(int size)
    {
        using var log = new TestLog(size);
        var report = await AuditAsync(log, new StaticGateway(log));

        report.Findings.Should().BeEmpty();
        report.IsSound.Should().BeTrue();
        report.Checkpoint!.Size.Should().Be((ulong)size);
        report.IsSimulated.Should().BeTrue();
    }

    [Fact]
    public async Task Audit_LargeLogOfThreeEpochs_ReadsEveryTileOnceAndTellsItsProgress()
    {
        var gateway = new StaticGateway(Log);
        var progress = new Progress();
        var report = await AuditAsync(Log, gateway, options => options.Progress = progress);

        report.Findings.Should().BeEmpty();
        report.Checks.Where(check => check.Outcome == CheckOutcome.Passed).Should().HaveCount(7);
        gateway.Asked.Should().OnlyHaveUniqueItems();
        // 274 tiles and as many bundles of entries, 2 tiles above them, 1 above these; two checkpoints, epochs.
        gateway.Asked.Should().HaveCount(274 + 274 + 2 + 1 + 3);
        progress.Seen.Should().HaveCount(274).And.BeInAscendingOrder(seen => seen.Checked);
        progress.Seen[^1].Should().Be(new AuditProgress(LargeSize, LargeSize));
    }

    [Fact]
    public async Task Audit_WithoutEntries_ReadsNoneAndSaysSo()
    {
        var gateway = new StaticGateway(Log);
        var report = await AuditAsync(Log, gateway, options => options.RehashEntries = false);

        report.IsSound.Should().BeTrue();
        report.EntriesRehashed.Should().BeFalse();
        report.Checks.Single(check => check.Rule == AuditRule.Entries).Outcome
            .Should().Be(CheckOutcome.NotAsked);
        gateway.Asked.Should().NotContain(path => path.Contains("entries", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Audit_LeafHashChanged_IsNamedByItsEntryByTheTileAboveAndByTheRoot()
    {
        var report = await AuditAsync(Log, new StaticGateway(Log).Flip("tile/0/100", 32 * 17));

        Found(report, AuditRule.Entries).What
            .Should().Contain($"Entry {100 * 256 + 17} ").And.Contain("tile/0/100");
        Found(report, AuditRule.Tiles).Where.Should().Be("tile/1/000");
        Found(report, AuditRule.Tiles).What.Should().Contain("Hash 100 ").And.Contain("tile/0/100");
        Found(report, AuditRule.Root).What.Should().Contain("leaf hashes were changed");
    }

    [Fact]
    public async Task Audit_LeafHashOfThePartialTileChangedUnseenByEntries_IsFoundByTheRoot()
    {
        var report = await AuditAsync(Log, new StaticGateway(Log).Flip("tile/0/273.p/112", 0),
            options => options.RehashEntries = false);

        report.Findings.Select(finding => finding.Rule).Should().Equal(AuditRule.Root);
    }

    [Theory]
    [InlineData("tile/1/000", 32 * 9, "tile/1/000", "tile/0/009")]
    [InlineData("tile/1/001.p/17", 32 * 16, "tile/1/001.p/17", "tile/0/272")]
    [InlineData("tile/2/000.p/1", 0, "tile/2/000.p/1", "tile/1/000")]
    public async Task Audit_HashAboveTheLeavesChanged_IsNamedAndNothingElseIs(
        string path, int at, string where, string below)
    {
        var report = await AuditAsync(Log, new StaticGateway(Log).Flip(path, at));

        var finding = report.Findings.Should().ContainSingle().Which;
        finding.Rule.Should().Be(AuditRule.Tiles);
        finding.Where.Should().Be(where);
        finding.What.Should().Contain(below);
        report.IsSound.Should().BeFalse();
    }

    [Fact]
    public async Task Audit_EntryChanged_IsNamed()
    {
        var report = await AuditAsync(Log, new StaticGateway(Log).Flip("tile/entries/003", 5));

        var finding = report.Findings.Should().ContainSingle().Which;
        finding.Rule.Should().Be(AuditRule.Entries);
        finding.Where.Should().Be("tile/entries/003");
        finding.What.Should().Contain("Entry 768 ");
    }

    [Theory]
    [InlineData("tile/entries/003", AuditRule.Entries)]
    [InlineData("tile/1/000", AuditRule.Tiles)]
    public async Task Audit_FileMissing_IsNamed(string path, AuditRule rule)
    {
        var report = await AuditAsync(Log, new StaticGateway(Log).Replace(path, null));

        report.Findings.Should().ContainSingle().Which
            .Should().Be(new AuditFinding(rule, path, "It is missing."));
    }

    [Theory]
    [InlineData("tile/entries/003", AuditRule.Entries, "ends inside entry")]
    [InlineData("tile/1/000", AuditRule.Tiles, "a tile of 256 hashes has 8192")]
    public async Task Audit_FileCutShort_IsNamed(string path, AuditRule rule, string what)
    {
        var gateway = new StaticGateway(Log);
        var report = await AuditAsync(Log, gateway.Replace(path, gateway.Honest(path)[..^1]));

        var finding = report.Findings.Should().ContainSingle().Which;
        finding.Rule.Should().Be(rule);
        finding.Where.Should().Be(path);
        finding.What.Should().Contain(what);
    }

    [Theory]
    [InlineData("tile/0/200")]
    [InlineData("tile/0/273.p/112")]
    public async Task Audit_LeafTileMissing_IsNamedAndTheRootIsNotClaimed(string path)
    {
        var report = await AuditAsync(Log, new StaticGateway(Log).Replace(path, null));

        report.Findings.Select(finding => (finding.Rule, finding.Where)).Should().Equal(
            (AuditRule.Tiles, path), (AuditRule.Root, "checkpoint"));
        Found(report, AuditRule.Root).What.Should().Contain("not recomputed");
    }

    [Fact]
    public async Task Audit_CheckpointOfAnotherRoot_IsFound()
    {
        var forged =
            Log.Sign(Log.CheckpointAt(LargeSize) with { Root = MerkleHash.Empty }, Log.Enclave, TestLog.Time);
        var report = await AuditAsync(Log, Serving("checkpoint", forged));

        report.Findings.Should().ContainSingle().Which.Rule.Should().Be(AuditRule.Root);
    }

    [Fact]
    public async Task Audit_CheckpointByAnotherLogKey_IsFound()
    {
        using var key = PrivateKeyText.Generate(TestLog.LogOrigin);
        var report = await AuditAsync(Log, new StaticGateway(Log), options =>
            options.Policy = TlogPolicy.Parse($"log {key.VerifierKey}\nquorum none\n"));

        report.Findings.Should().ContainSingle().Which.Rule.Should().Be(AuditRule.LogSignature);
        report.KeyFromPolicy.Should().BeTrue();
    }

    [Fact]
    public async Task Audit_SizeThatNobodySigned_IsNotWalked()
    {
        var forged = Log.NoteAt(LargeSize)
            .Replace($"\n{LargeSize}\n", "\n9000000000000000000\n", StringComparison.Ordinal);
        var gateway = Serving("checkpoint", forged);
        var older = Log.Sign(Log.CheckpointAt(500), enclave: null, TestLog.Time);
        var report = await AuditAsync(Log, gateway, options => options.OlderCheckpoint = older);

        gateway.Asked.Should().HaveCount(3, "two checkpoints and the epochs are all that is read");
        Found(report, AuditRule.LogSignature);
        report.Checks.Where(check => check.Outcome == CheckOutcome.NotReached).Select(check => check.Rule)
            .Should().Equal(AuditRule.Tiles, AuditRule.Entries, AuditRule.Root, AuditRule.Handovers,
                AuditRule.OlderCheckpoint);
    }

    [Fact]
    public async Task Audit_SignedSizeBehindWhichThereIsNothing_Ends()
    {
        var forged = Log.Sign(
            Log.CheckpointAt(LargeSize) with { Size = 9_000_000_000_000_000_000 }, Log.Enclave, TestLog.Time);
        var gateway = Serving("checkpoint", forged);
        var report = await AuditAsync(Log, gateway, options => options.RehashEntries = false);

        gateway.Asked.Count.Should().BeLessThan(500);
        report.Findings.Should().Contain(finding => finding.What.Contains("64 in a row", StringComparison.Ordinal));
        Found(report, AuditRule.Root);
        report.Findings.Count(finding => finding.What == "It is missing.").Should().Be(64);
    }

    [Fact]
    public async Task Audit_CheckpointThatIsNone_IsFound()
    {
        var report = await AuditAsync(Log, Serving("checkpoint", "nothing\n"));

        report.Checkpoint.Should().BeNull();
        report.Findings.Should().ContainSingle().Which.Rule.Should().Be(AuditRule.LogSignature);
        report.IsSound.Should().BeFalse();
    }

    [Fact]
    public async Task Audit_CheckpointCosignedByAnEndedEpoch_IsFound()
    {
        var note = Log.Sign(Log.CheckpointAt(LargeSize), Log.EnclaveOf(0), TestLog.Time);
        var report = await AuditAsync(Log, Serving("checkpoint", note));

        report.Findings.Should().ContainSingle().Which.Rule.Should().Be(AuditRule.EnclaveCosignature);
    }

    [Fact]
    public async Task Audit_EpochsThatFollowWithoutAnEntryBetween_AreSound()
    {
        using var log = new TestLog(300, 100, 100, 300);
        // The newest enclave has signed nothing yet: the checkpoint is by the one before it.
        var note = log.Sign(log.CheckpointAt(300), log.EnclaveOf(2), TestLog.Time);
        var gateway = new StaticGateway(log).Replace("checkpoint", Encoding.UTF8.GetBytes(note));

        (await AuditAsync(log, gateway)).Findings.Should().BeEmpty();
    }

    [Fact]
    public async Task Audit_QuorumOfWitnesses_IsDemandedWhenThePolicyDoes()
    {
        using var log = new TestLog(10);
        TestWitness[] witnesses = [new("w0.example", 100), new("w1.example", 101)];
        var policy = log.PolicyWith("all", witnesses);
        var witnessed = Encoding.UTF8.GetBytes(log.NoteAt(10, witnesses));

        (await AuditAsync(log, new StaticGateway(log), options => options.Policy = policy))
            .Findings.Should().ContainSingle().Which.Rule.Should().Be(AuditRule.Witnesses);
        (await AuditAsync(log, new StaticGateway(log).Replace("checkpoint", witnessed),
            options => options.Policy = policy))
            .Findings.Should().BeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(253_402_300_800)]
    public async Task Audit_CosignatureOfATimeThatCannotBe_DoesNotCount(ulong time)
    {
        using var log = new TestLog(10);
        var witness = new TestWitness("w0.example", 100);
        var note = SignedNote.Parse(log.NoteAt(10));
        var cosigned = SignedNote.Create(note.Text, [.. note.Signatures, witness.Cosign(note.Text, time)]);
        var gateway = new StaticGateway(log).Replace("checkpoint", Encoding.UTF8.GetBytes(cosigned.ToString()));

        (await AuditAsync(log, gateway, options => options.Policy = log.PolicyWith("any", witness)))
            .Findings.Should().ContainSingle().Which.Rule.Should().Be(AuditRule.Witnesses);
    }

    [Fact]
    public async Task Audit_SimulationNotPermitted_IsFoundForEveryEpoch()
    {
        var report = await AuditAsync(
            Log, new StaticGateway(Log), _ => { }, EnclaveVerifier.OfAnyImage());

        report.IsSound.Should().BeFalse();
        report.IsSimulated.Should().BeTrue();
        report.Findings.Where(finding => finding.Rule == AuditRule.Epochs).Should().HaveCount(3)
            .And.OnlyContain(finding => finding.What.Contains("SIMULATED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Audit_ImageNotAccepted_IsFound()
    {
        var pcr = Enumerable.Repeat((byte)7, 48).ToArray();
        var enclaves = new EnclaveVerifier(new(new ImageMeasurement(pcr, pcr, pcr)), Log.Root.Trusted);
        var report = await AuditAsync(Log, new StaticGateway(Log), _ => { }, enclaves);

        Found(report, AuditRule.Epochs).What.Should().Contain("PCR0");
    }

    [Fact]
    public async Task Audit_OfAnotherServer_SaysSoAndNotThatThereIsNoChain()
    {
        var page = ScriptedGateway.Answer(System.Net.HttpStatusCode.NotFound, "Nothing here.", "text/plain");
        var auditor = new LogAuditor(new ScriptedGateway(page, page, page).Connect(), Log.Enclaves, new());

        (await auditor.Awaiting(it => it.AuditAsync(Monitoring.MonitorFixture.Chain))
            .Should().ThrowAsync<SequencerClientException>())
            .Which.Error.Should().Be(SequencerClientError.BadAnswer);
    }

    [Fact]
    public async Task Audit_NoSuchChain_IsARefusalAndNoReport()
    {
        var gateway = new StaticGateway(Log).Replace("checkpoint", null);
        (await FluentActions.Awaiting(() => AuditAsync(Log, gateway))
            .Should().ThrowAsync<SequencerClientException>()).WithMessage("*no chain demo*");
    }

    [Fact]
    public async Task Audit_MoreDamageThanIsKept_IsCounted()
    {
        var gateway = new StaticGateway(Log);
        for (var i = 0; i < 110; i++)
            gateway.Replace(new EntryBundlePath((ulong)i, 256).ToPath(), null);
        var report = await AuditAsync(Log, gateway);

        report.FindingsCount.Should().Be(110);
        report.Findings.Should().HaveCount(100);
    }

    private StaticGateway Serving(string path, string text) =>
        new StaticGateway(Log).Replace(path, Encoding.UTF8.GetBytes(text));

    private sealed class Progress : IProgress<AuditProgress>
    {
        public List<AuditProgress> Seen { get; } = [];

        public void Report(AuditProgress value) => Seen.Add(value);
    }
}
