using System.Text;

namespace Sequencer.Witness.Tests;

public sealed class CheckpointWitnessTests
{
    private static readonly Hash WrongHash = MerkleHash.Leaf("wrong"u8);

    private readonly TestLog _log = new("log.example/chain");

    [Fact]
    public async Task AddAsync_GrowingLog_IsCosignedWithItsTime()
    {
        await using var fixture = Start();
        foreach (var (from, to) in new (ulong, ulong)[] { (0, 0), (0, 1), (1, 4), (4, 100), (100, 1000) })
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(3));
            var cosigned = await CosignedAsync(fixture, _log.Request(from, to));
            var note = SignedNote.Create(_log.At(to).ToNoteText(), cosigned.Checkpoint.OwnLine);
            note.Verify([fixture.Key.Verifier]).By(fixture.Key.Verifier)!.Time
                .Should().Be(fixture.Time.Seconds);
        }
    }

    [Fact]
    public async Task AddAsync_SameSizeAgain_IsCosignedAfreshAndLasts()
    {
        await using var fixture = Start();
        var first = await CosignedAsync(fixture, _log.Request(0, 3));
        fixture.Time.Advance(TimeSpan.FromSeconds(30));
        var second = await CosignedAsync(fixture, _log.Request(3, 3));
        second.Checkpoint.Time.Should().Be(first.Checkpoint.Time + 30);
        await fixture.RestartAsync(new Random(1));
        fixture.Witness.Find(StateStore.NameOf(_log.Origin))!.Time.Should().Be(second.Checkpoint.Time);
    }

    [Fact]
    public async Task AddAsync_SameSizeWithinASecond_WritesNothing()
    {
        await using var fixture = Start();
        var first = await CosignedAsync(fixture, _log.Request(0, 3));
        var writes = fixture.Disk.Writes;
        (await CosignedAsync(fixture, _log.Request(3, 3))).Checkpoint.OwnLine
            .Should().Be(first.Checkpoint.OwnLine);
        fixture.Disk.Writes.Should().Be(writes);
    }

    [Fact]
    public async Task AddAsync_ClockSetBack_CosignsNothingUntilTheTimeHasPassed()
    {
        await using var fixture = Start();
        await CosignedAsync(fixture, _log.Request(0, 3));
        fixture.Time.Advance(TimeSpan.FromSeconds(-5));
        var refused = (await fixture.AddAsync(_log.Request(3, 5)))
            .Should().BeOfType<Verdict.Refused>().Subject;
        refused.Reason.Should().Be(RefusalReason.ClockBehind);
        refused.Sentence.Should().Contain("clock is 5 s behind");
        await fixture.RestartAsync();
        await RefusedAsync(fixture, _log.Request(3, 3), RefusalReason.ClockBehind);
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        await CosignedAsync(fixture, _log.Request(3, 5));
    }

    [Fact]
    public async Task AddAsync_ClockAtTheBeginningOfTime_CosignsWithANonZeroTime()
    {
        await using var fixture = Start();
        fixture.Time.Now = DateTimeOffset.UnixEpoch;
        (await CosignedAsync(fixture, _log.Request(0, 3))).Checkpoint.Time.Should().Be(1);
    }

    [Fact]
    public async Task AddAsync_OtherOldSize_IsToldTheSizeCosignedLast()
    {
        await using var fixture = Start();
        await CosignedAsync(fixture, _log.Request(0, 5));
        foreach (var from in new ulong[] { 0, 1, 4, 6 })
            (await fixture.AddAsync(_log.Request(from, 8)))
                .Should().Be(new Verdict.Behind(5), $"it came from {from}");
        // A shorter history is a rollback: there is no old size with which it would be cosigned.
        (await fixture.AddAsync(_log.Request(4, 4))).Should().Be(new Verdict.Behind(5));
    }

    [Fact]
    public async Task AddAsync_HistoryThatDoesNotExtendTheLast_IsRefused()
    {
        await using var fixture = Start();
        await CosignedAsync(fixture, _log.Request(0, 5));
        var fork = new TestLog(_log.Origin, forkedFrom: 4, fork: "other");
        await RefusedAsync(fixture, fork.Request(5, 8), RefusalReason.NotConsistent);
        await RefusedAsync(fixture, fork.Request(5, 5), RefusalReason.NotConsistent);
        await RefusedAsync(fixture, _log.Request(5, 8) with { Proof = [] }, RefusalReason.NotConsistent);
        await RefusedAsync(
            fixture, _log.Request(5, 8) with { Proof = [.. _log.Proof(5, 8), WrongHash] },
            RefusalReason.NotConsistent);
        await RefusedAsync(fixture, _log.Request(5, 5) with { Proof = [WrongHash] },
            RefusalReason.NotConsistent);
        await CosignedAsync(fixture, _log.Request(5, 8));
    }

    [Fact]
    public async Task AddAsync_FirstCheckpointWithAProof_OrEmptyWithARoot_IsRefused()
    {
        await using var fixture = Start();
        await RefusedAsync(fixture, _log.Request(0, 3) with { Proof = [WrongHash] },
            RefusalReason.NotConsistent);
        var text = new Checkpoint(_log.Origin, 0, WrongHash).ToNoteText();
        await RefusedAsync(
            fixture, new(0, [], SignedNote.Create(text, _log.Sign(text)).ToString()),
            RefusalReason.NotConsistent);
        fixture.Witness.Find(StateStore.NameOf(_log.Origin)).Should().BeNull();
    }

    [Fact]
    public async Task AddAsync_OldSizeAboveTheCheckpoints_IsRefused()
    {
        await using var fixture = Start();
        await RefusedAsync(fixture, new(9, [], _log.Note(8)), RefusalReason.OldSizeAbove);
    }

    [Fact]
    public async Task AddAsync_NotSignedByTheLog_IsRefused()
    {
        await using var fixture = Start();
        var thief = new TestLog(_log.Origin, seed: 2);
        await RefusedAsync(fixture, thief.Request(0, 3), RefusalReason.NotSignedByLog);
        var note = _log.Note(3);
        var changed = note.Replace("\n3\n", "\n4\n", StringComparison.Ordinal);
        await RefusedAsync(fixture, new(0, [], changed), RefusalReason.NotSignedByLog);
        // A good line does not make up for a bad one of the same key.
        var text = _log.At(3).ToNoteText();
        var both = SignedNote.Create(text, _log.Sign(text), _log.Sign("other\n")).ToString();
        await RefusedAsync(fixture, new(0, [], both), RefusalReason.NotSignedByLog);
    }

    [Fact]
    public async Task AddAsync_UnknownOrigin_IsRefused()
    {
        await using var fixture = Start();
        await RefusedAsync(fixture, new TestLog("log.example/other").Request(0, 3),
            RefusalReason.OriginUnknown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("old 0\n")]
    [InlineData("old 01\n\nx\n")]
    [InlineData("old 0\n\nno note\n")]
    [InlineData("old 0\n\nlog.example/chain\n3\n\n— log.example/chain AAAAAAAA\n")]
    public async Task AddAsync_MalformedBody_IsRefused(string body)
    {
        await using var fixture = Start();
        (await fixture.Witness.AddAsync(Encoding.UTF8.GetBytes(body), CancellationToken.None))
            .Should().BeOfType<Verdict.Refused>().Which.Reason.Should().Be(RefusalReason.Malformed);
    }

    [Fact]
    public async Task AddAsync_StrangersSignatures_AreNeitherJudgedNorKept()
    {
        await using var fixture = Start();
        var stranger = new TestLog("stranger.example");
        var cosigned = await CosignedAsync(fixture, _log.Request(0, 3, stranger.Sign));
        SignedNote.Parse(cosigned.Checkpoint.Note.Span).Signatures.Select(line => line.Name)
            .Should().Equal(_log.Origin, "witness.example");
    }

    [Fact]
    public async Task AddAsync_ChainsBelowAPrefix_HaveTheSameKeyBytesAndALimit()
    {
        var one = new TestLog("log.example/one");
        await using var fixture = WitnessFixture.Start(new LogRule
        {
            Name = "all",
            Key = new TestLog("any-name").Key,
            Prefix = "log.example",
            OriginsMax = 2,
        });
        await CosignedAsync(fixture, one.Request(0, 3));
        await CosignedAsync(fixture, new TestLog("log.example/two").Request(0, 3));
        await RefusedAsync(fixture, new TestLog("log.example/three").Request(0, 3),
            RefusalReason.OriginsFull);
        await CosignedAsync(fixture, one.Request(3, 4));
        foreach (var other in new[] { "", "/", "/_x", "/a/b", "s/a" })
        {
            var log = new TestLog("log.example" + other);
            await RefusedAsync(fixture, log.Request(0, 3), RefusalReason.OriginUnknown);
        }

        await fixture.RestartAsync();
        await RefusedAsync(fixture, new TestLog("log.example/three").Request(0, 3),
            RefusalReason.OriginsFull);
    }

    [Fact]
    public async Task AddAsync_ManyAtOnceOnOneLog_NeverTwoRootsForOneSize()
    {
        await using var fixture = Start();
        var forks = Enumerable.Range(0, 8)
            .Select(i => new TestLog(_log.Origin, forkedFrom: 0, fork: $"{i}-")).ToList();
        foreach (var fork in forks)
            fork.At(20);
        var verdicts = await Task.WhenAll(forks.SelectMany(fork => Enumerable.Range(1, 20).Select(
            size => Task.Run(() => fixture.AddAsync(fork.Request(0, (ulong)size))))));
        verdicts.OfType<Verdict.Cosigned>().Should().ContainSingle("each claims to be the first");
    }

    private WitnessFixture Start() => WitnessFixture.Start(WitnessFixture.RuleFor(_log));

    private static async Task<Verdict.Cosigned> CosignedAsync(
        WitnessFixture fixture, AddCheckpointRequest request) =>
        (await fixture.AddAsync(request)).Should().BeOfType<Verdict.Cosigned>().Subject;

    private static async Task RefusedAsync(
        WitnessFixture fixture, AddCheckpointRequest request, RefusalReason reason) =>
        (await fixture.AddAsync(request))
            .Should().BeOfType<Verdict.Refused>().Which.Reason.Should().Be(reason);
}
