using System.Net;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Tlog;
using static Sequencer.Client.MonitorEventKind;

namespace Sequencer.Client.Tests.Monitoring;

/// <summary>Logs that sign what contradicts what they signed before, and the evidence of it.</summary>
public sealed class ContradictionTests : IDisposable
{
    private readonly MonitorFixture _m = new(300, 100);

    public void Dispose() => _m.Dispose();

    [Fact]
    public async Task OneSizeTwoRoots_IsProvenByOneEnclave()
    {
        await _m.LookAsync();
        using var fork = _m.Log.Resized(300, otherFrom: 299);

        (await _m.LookAsync(fork)).Should().Equal(ContradictionProven);
        var report = _m.Verify();
        report.IsProven.Should().BeTrue();
        report.Evidence!.Kind.Should().Be(ContradictionKind.SameSize);
        report.OlderEnclave!.Key.Should().Be(report.NewerEnclave!.Key);
    }

    [Theory]
    [InlineData(301, 0)]
    [InlineData(301, 299)]
    [InlineData(5_000, 100)]
    public async Task LargerWithOtherEntries_IsProven(int size, int otherFrom)
    {
        await _m.LookAsync();
        using var fork = _m.Log.Resized(size, otherFrom);

        (await _m.LookAsync(fork)).Should().Equal(ContradictionProven);
        var report = _m.Verify();
        report.IsProven.Should().BeTrue();
        report.Evidence!.Disagreement!.LastIndex.Should().BeGreaterThanOrEqualTo((ulong)otherFrom);
        _m.Monitor.State!.Checkpoint.Should().Be(_m.Log.CheckpointAt(300), "a fork is not followed");
    }

    [Fact]
    public async Task SecondBootFromAnOlderLedger_IsProvenByBothEnclaves()
    {
        await _m.LookAsync();
        // Yesterday's ledger ends at 280; a fresh enclave goes on from there.
        using var fork = _m.Log.Resized(310, otherFrom: 280).TakenOver(280, seed: 77);

        (await _m.LookAsync(fork)).Should().Equal(ContradictionProven);
        var report = _m.Verify();
        report.IsProven.Should().BeTrue();
        report.OlderEnclave!.Key.Should().Be(_m.Log.Enclave.Cosigner);
        report.NewerEnclave!.Key.Should().Be(fork.Enclave.Cosigner);
    }

    [Fact]
    public async Task SecondBootThatIsStillSmaller_IsProvenFromWhatWasKept()
    {
        await _m.LookAsync();
        using var fork = _m.Log.Resized(295, otherFrom: 280).TakenOver(280, seed: 77);

        (await _m.LookAsync(fork)).Should().Equal(ContradictionProven);
        _m.Verify().IsProven.Should().BeTrue();
        _m.Verify().Evidence!.Disagreement!.FirstIndex.Should().Be(280);
    }

    [Fact]
    public async Task SmallerAtALaterTime_ByTheSameEnclave_IsProven()
    {
        await _m.LookAsync();
        using var older = _m.Log.Resized(290);
        var note = older.Sign(older.CheckpointAt(290), older.Enclave, TestLog.Time + 1);

        (await _m.LookAsync(older, note)).Should().Equal(ContradictionProven);
        var report = _m.Verify();
        report.IsProven.Should().BeTrue();
        report.Evidence!.Kind.Should().Be(ContradictionKind.TimeReversed);
    }

    [Fact]
    public async Task LargerAtAnEarlierTime_ByTheSameEnclave_IsProvenAndTheHistoryFollowed()
    {
        await _m.LookAsync();
        using var grown = _m.Log.Resized(310);
        var note = grown.Sign(grown.CheckpointAt(310), grown.Enclave, TestLog.Time - 1);

        (await _m.LookAsync(grown, note)).Should().Equal(ContradictionProven);
        _m.Verify().IsProven.Should().BeTrue();
        _m.Monitor.State!.Checkpoint.Size.Should().Be(310);
    }

    [Fact]
    public async Task SignedByTheLogsKeyAlone_IsProvenOfItAlone()
    {
        await _m.LookAsync();
        using var fork = _m.Log.Resized(310, otherFrom: 280);
        var note = fork.Sign(fork.CheckpointAt(310), enclave: null, TestLog.Time);

        (await _m.LookAsync(fork, note)).Should().Equal(CosignatureWrong, ContradictionProven);
        var report = _m.Verify();
        report.IsProven.Should().BeTrue();
        report.OlderEnclave.Should().NotBeNull();
        report.NewerEnclave.Should().BeNull();
    }

    [Fact]
    public async Task ForkWhoseTilesAreWithheld_CannotBeChecked()
    {
        await _m.LookAsync();
        using var fork = _m.Log.Resized(310, otherFrom: 280);
        _m.Gateway.Serve(fork).Now!.Replace("tile/0/001.p/54", null);

        (await _m.LookAsync()).Should().Equal(NotChecked);
        _m.EvidenceFiles.Should().BeEmpty();
    }

    [Fact]
    public async Task OneSizeTwoRoots_EpochsAndTilesRefused_IsProvenByTheNotesAlone()
    {
        await _m.LookAsync();
        _m.Restart();
        using var fork = _m.Log.Resized(300, otherFrom: 299);
        _m.Gateway.Serve(fork).Now!.Refuse("epochs", HttpStatusCode.ServiceUnavailable)
            .Refuse("tile", HttpStatusCode.ServiceUnavailable);

        (await _m.LookAsync()).Should().Equal(Unreachable, ContradictionProven);
        var report = _m.Verify();
        report.IsProven.Should().BeTrue();
        report.OlderEnclave.Should().NotBeNull();
        report.NewerEnclave.Should().BeNull();
    }

    [Theory]
    [InlineData(295)]
    [InlineData(300)]
    [InlineData(310)]
    public async Task SecondBootWhoseEpochIsRefused_IsProvenByTheRunningMonitor(int size)
    {
        await _m.LookAsync();
        using var fork = _m.Log.Resized(size, otherFrom: 280).TakenOver(280, seed: 77);
        _m.Gateway.Serve(fork).Now!.Refuse("epochs", HttpStatusCode.Forbidden);

        (await _m.LookAsync()).Should().Equal(Unreachable, ContradictionProven);
        _m.Verify().IsProven.Should().BeTrue();
    }

    [Fact]
    public async Task ForkThatGoesOn_IsToldAgainAndWrittenOnce()
    {
        await _m.LookAsync();
        using var fork = _m.Log.Resized(310, otherFrom: 280);
        using var later = _m.Log.Resized(320, otherFrom: 280);
        await _m.LookAsync(fork);
        _m.Restart();

        (await _m.LookAsync(later)).Should().Equal(ContradictionPersists);
        (await _m.Monitor.LookAsync()).Events.Single().EvidenceFile.Should().Be(_m.EvidenceFiles.Single());
        using var honest = _m.Log.Resized(320);
        (await _m.LookAsync(honest)).Should().Equal(CheckpointVerified);
    }

    [Fact]
    public async Task SecondKindOfContradiction_IsWrittenToo()
    {
        await _m.LookAsync();
        using var older = _m.Log.Resized(290);
        var note = older.Sign(older.CheckpointAt(290), older.Enclave, TestLog.Time + 1);
        (await _m.LookAsync(older, note)).Should().Equal(ContradictionProven);
        _m.Restart();
        using var fork = _m.Log.Resized(310, otherFrom: 280);

        (await _m.LookAsync(fork)).Should().Equal(ContradictionProven);
        _m.EvidenceFiles.Should().HaveCount(2);
    }

    [Fact]
    public async Task EvidenceThatCannotBeWritten_IsToldAllTheSame()
    {
        var monitor = new LogMonitor(_m.Gateway.Connect(), MonitorFixture.Chain, _m.Log.Enclaves,
            new("/proc/no-such-folder"), _m.Options, null, TestLog.Clock);
        await monitor.LookAsync();
        using var fork = _m.Log.Resized(310, otherFrom: 280);
        _m.Gateway.Serve(fork);

        var told = (await monitor.LookAsync()).Events.Single();
        (told.Kind, told.EvidenceFile).Should().Be((ContradictionProven, null));
    }

    [Fact]
    public async Task WitnessThatCosignedBoth_IsNamed()
    {
        var (both, one) = (new TestWitness("w0.example", 100), new TestWitness("w1.example", 101));
        _m.Options.Policy = _m.Log.PolicyWith("any", both, one);
        _m.Restart(null);
        await _m.LookAsync(_m.Log, _m.Log.NoteAt(300, both, one));
        using var fork = _m.Log.Resized(310, otherFrom: 280);

        (await _m.LookAsync(fork, fork.NoteAt(310, both))).Should().Equal(ContradictionProven);
        _m.Verify().WitnessesOfBoth.Should().BeEmpty("the verifier's own policy names none");
        new EvidenceVerifier(policy: null, _m.Log.Enclaves).Check(File.ReadAllText(_m.EvidenceFiles.Single()))
            .WitnessesOfBoth.Should().Equal("W0");
    }

    [Fact]
    public async Task JunkLineInTheNameOfAWitness_IsProvenAndTheLineNotCounted()
    {
        var (both, one) = (new TestWitness("w0.example", 100), new TestWitness("w1.example", 101));
        _m.Options.Policy = _m.Log.PolicyWith("any", both, one);
        _m.Restart(null);
        await _m.LookAsync(_m.Log, _m.Log.NoteAt(300, both, one));
        using var fork = _m.Log.Resized(310, otherFrom: 280);
        var signed = SignedNote.Parse(fork.NoteAt(310));
        var junk = new NoteSignature(both.Key.Name, both.Key.KeyId, new byte[Cosignature.BlobSizeBytes]);
        var junkOfOne = junk with { Name = one.Key.Name, KeyId = one.Key.KeyId };
        var cosignature = both.Cosign(signed.Text, TestLog.Time);
        NoteSignature[] lines = [.. signed.Signatures, junk, cosignature, junkOfOne];
        var note = SignedNote.Create(signed.Text, lines).ToString();

        (await _m.LookAsync(fork, note)).Should().Contain(ContradictionProven);
        foreach (var policy in new[] { _m.Options.Policy, null })
        {
            var report = new EvidenceVerifier(policy, _m.Log.Enclaves)
                .Check(File.ReadAllText(_m.EvidenceFiles.Single()));
            report.IsProven.Should().BeTrue();
            report.WitnessesOfBoth.Should().Equal("W0");
            report.Checks[^1].Detail.Should().Contain("not counted: 2");
        }
    }

    [Fact]
    public async Task StateOfAKeyThatThePolicyNoLongerNames_IsToldWithoutEvidence()
    {
        using var other = PrivateKeyText.Generate(TestLog.LogOrigin);
        await _m.LookAsync();
        using var signer = other.CreateSigner();
        using var fork = _m.Log.Resized(310, otherFrom: 280);
        var text = fork.CheckpointAt(310).ToNoteText();
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        signer.Sign(System.Text.Encoding.UTF8.GetBytes(text), signature);
        var note = SignedNote.Create(text, NoteSignature.Ed25519(other.VerifierKey, signature),
            fork.Enclave.Cosign(text, TestLog.Time)).ToString();
        _m.Options.Policy = TlogPolicy.Parse($"log {other.VerifierKey}\nquorum none\n");
        _m.Restart();

        (await _m.LookAsync(fork, note)).Should().Equal(ContradictionUnproven);
        _m.EvidenceFiles.Should().BeEmpty();
    }
}
