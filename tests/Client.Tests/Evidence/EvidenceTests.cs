using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Sequencer.Attestation;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Client.Tests.Monitoring;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Evidence;

/// <summary>What evidence proves, and that changed evidence does not.</summary>
public sealed class EvidenceTests : IAsyncLifetime, IDisposable
{
    private readonly MonitorFixture _m = new(300);
    private string _json = "";

    /// <summary>Evidence of a second boot of the enclave, which began at 280 from an older ledger.</summary>
    public async Task InitializeAsync()
    {
        await _m.LookAsync();
        using var fork = _m.Log.Resized(310, otherFrom: 280).TakenOver(280, seed: 77);
        await _m.LookAsync(fork);
        _json = await File.ReadAllTextAsync(_m.EvidenceFiles.Single());
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _m.Dispose();

    [Fact]
    public void Parse_WrittenAgain_IsTheSame() =>
        ContradictionEvidence.Parse(_json).ToJson().Should().Be(_json);

    [Fact]
    public void Check_Honest_PassesEveryCheck()
    {
        var report = Check(_json);

        report.IsProven.Should().BeTrue();
        report.Checks.Select(check => (check.Rule, check.Outcome)).Should().Equal(
            ("form", CheckOutcome.Passed),
            ("older: log signature", CheckOutcome.Passed), ("newer: log signature", CheckOutcome.Passed),
            ("older: enclave cosignature", CheckOutcome.Passed),
            ("newer: enclave cosignature", CheckOutcome.Passed),
            ("contradiction", CheckOutcome.Passed), ("witnesses", CheckOutcome.NotAsked));
    }

    [Theory]
    [InlineData("kind", "\"same_size\"", "form")]
    [InlineData("kind", "\"time_reversed\"", "form")]
    [InlineData("origin", "\"elsewhere.example/log/demo\"", "form")]
    [InlineData("format", "\"sequencer-evidence/v9\"", "form")]
    [InlineData("disagreement", "null", "form")]
    [InlineData("disagreement.level", "3", "contradiction")]
    [InlineData("disagreement.level", "63", "contradiction")]
    [InlineData("disagreement.level", "-2147483648", "contradiction")]
    [InlineData("disagreement.index", "18446744073709551615", "contradiction")]
    [InlineData("disagreement.index", "0", "contradiction")]
    [InlineData("disagreement.older_proof", "[]", "contradiction")]
    [InlineData("disagreement.newer_proof", "[null]", "form")]
    [InlineData("disagreement.newer_hash", "\"AAAA\"", "form")]
    [InlineData("witnesses", "[null]", "form")]
    public void Check_MemberChanged_IsNotProven(string path, string value, string rule)
    {
        var report = Check(Changed(path, JsonNode.Parse(value)));

        report.IsProven.Should().BeFalse();
        report.Checks.First(check => check.Outcome == CheckOutcome.Failed).Rule.Should().Be(rule);
    }

    [Fact]
    public void Check_SameHashOnBothSides_IsNoContradiction()
    {
        var older = JsonNode.Parse(_json)!["disagreement"]!["older_hash"]!.DeepClone();

        Failure(Changed("disagreement.newer_hash", older)).Should().Contain("same hash in both trees");
    }

    [Fact]
    public void Check_CheckpointsOfOneHistory_CannotBeMadeToContradict()
    {
        // A liar takes two honest checkpoints, and proofs of two places that look alike.
        var tree = _m.Log.Tree;
        using var grown = _m.Log.Resized(310);
        var node = new NodeId(0, 5);
        var honest = ContradictionEvidence.Parse(_json) with
        {
            Older = new(_m.Log.NoteAt(300), null),
            Newer = new(grown.NoteAt(310), null),
            Disagreement = new(node, tree.Read(node), SubtreeProof.Build(node, 300, tree),
                tree.Read(new(0, 4)), SubtreeProof.Build(new(0, 4), 310, grown.Tree)),
        };

        Failure(honest.ToJson()).Should().Contain("does not lead to the root at size 310");
    }

    [Fact]
    public void Check_ReusedSideTwice_IsNoContradiction()
    {
        var same = ContradictionEvidence.Parse(_json) with
        {
            Kind = ContradictionKind.SameSize,
            Disagreement = null,
            Newer = ContradictionEvidence.Parse(_json).Older,
        };

        Failure(same.ToJson()).Should().Contain("the same root");
    }

    [Fact]
    public void Check_NoteChanged_FailsItsSignature() =>
        Failure(_json.Replace("\\n310\\n", "\\n311\\n", StringComparison.Ordinal))
            .Should().Contain("does not verify");

    [Fact]
    public void Check_DocumentOfTheOtherSide_FailsItsCosignature()
    {
        var older = JsonNode.Parse(_json)!["older"]!["attestation_document"]!.DeepClone();

        Failure(Changed("newer.attestation_document", older)).Should().Contain("is not cosigned by");
    }

    [Fact]
    public void Check_DocumentBroken_IsNotProven()
    {
        var document = Convert.FromBase64String(
            (string)JsonNode.Parse(_json)!["newer"]!["attestation_document"]!);
        document[^1] ^= 1;

        Check(Changed("newer.attestation_document", JsonValue.Create(Convert.ToBase64String(document))))
            .IsProven.Should().BeFalse();
    }

    [Fact]
    public void Check_KeyThatThePolicyDoesNotName_IsNotProven()
    {
        using var key = PrivateKeyText.Generate(TestLog.LogOrigin);
        var policy = TlogPolicy.Parse($"log {key.VerifierKey}\nquorum none\n");

        new EvidenceVerifier(policy, _m.Log.Enclaves).Check(_json).IsProven.Should().BeFalse();
    }

    [Fact]
    public void Check_EnclavesThatAreNotAccepted_ProvesTheLogsKeyAlone()
    {
        // Without the permission for simulated documents, none of these is accepted.
        var report = new EvidenceVerifier(_m.Log.Policy, new(TestLog.Images)).Check(_json);

        report.IsProven.Should().BeTrue();
        (report.OlderEnclave, report.NewerEnclave).Should().Be((null, null));
        report.Checks.Where(check => check.Rule.EndsWith("enclave cosignature", StringComparison.Ordinal))
            .Should().OnlyContain(check => check.Outcome == CheckOutcome.NotAsked
                && check.Detail.StartsWith("not one that is accepted here", StringComparison.Ordinal));
    }

    [Fact]
    public void Check_AnyChange_NeverProvesAnythingElseAndTakesBoundedMemory()
    {
        const long fixedBytes = 4_000_000;
        const int perCharacter = 60;
        Gen.Select(Gen.Int[0, _json.Length - 1], Gen.Int[0, 60], Gen.String[Gen.Char, 0, 4]).Sample(
            (at, cut, put) =>
            {
                var changed = _json[..at] + put + _json[Math.Min(_json.Length, at + cut)..];
                var before = GC.GetAllocatedBytesForCurrentThread();
                var report = Check(changed);
                (GC.GetAllocatedBytesForCurrentThread() - before)
                    .Should().BeLessThan(fixedBytes + perCharacter * changed.Length);
                if (report.IsProven)
                {
                    // What is not signed, such as the time of finding, may differ; never what is proven.
                    Proven(report.Evidence!).Should().Be(Proven(ContradictionEvidence.Parse(_json)));
                }
            }, iter: 300);
    }

    [Theory]
    [InlineData("[", 2_000_000)]
    [InlineData("{\"older\":", 400_000)]
    [InlineData("\"", 3_000_000)]
    [InlineData("\\u2014", 600_000)]
    public void Check_LongRepetition_IsRefusedWithinItsMemory(string unit, int count)
    {
        var text = new StringBuilder().Insert(0, unit, count).ToString();
        foreach (var hostile in new[] { text, _json.Replace("310", text, StringComparison.Ordinal) })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Check(hostile).IsProven.Should().BeFalse();
            (GC.GetAllocatedBytesForCurrentThread() - before)
                .Should().BeLessThan(1_000_000 + 20L * hostile.Length);
        }
    }

    private static (string Older, string Newer) Proven(ContradictionEvidence evidence) => (
        SignedNote.Parse(evidence.Older.Checkpoint).Text, SignedNote.Parse(evidence.Newer.Checkpoint).Text);

    private EvidenceReport Check(string json) =>
        new EvidenceVerifier(_m.Log.Policy, _m.Log.Enclaves).Check(json);

    private string Failure(string json)
    {
        var report = Check(json);
        report.IsProven.Should().BeFalse();
        return report.Checks.First(check => check.Outcome == CheckOutcome.Failed).Detail;
    }

    private string Changed(string path, JsonNode? value)
    {
        var json = JsonNode.Parse(_json)!;
        var names = path.Split('.');
        var owner = names[..^1].Aggregate(json, (node, name) => node[name]!);
        owner[names[^1]] = value;
        return json.ToJsonString();
    }
}
