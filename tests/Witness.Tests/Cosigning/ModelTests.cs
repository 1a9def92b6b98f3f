using CsCheck;

namespace Sequencer.Witness.Tests;

/// <summary>
/// Random requests, honest and not, with restarts and a clock that jumps, against a model of a few lines:
/// what was cosigned last. Every answer must be the model's.
/// </summary>
public sealed class ModelTests
{
    private const int SizeMax = 40;
    private const int ForkedFrom = 12;

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Enum<Kind>(), Gen.Int[0, SizeMax], Gen.Int[0, SizeMax], Gen.Int[-5, 20],
        (kind, from, to, seconds) => new Step(kind, (ulong)from, (ulong)to, seconds));

    [Fact]
    public async Task AddAsync_AnyRequests_AnswersAsTheModel() =>
        await Steps.Array[1, 60].SampleAsync(RunAsync, iter: 150);

    private static async Task RunAsync(Step[] steps)
    {
        var honest = new TestLog("log.example/chain");
        var fork = new TestLog(honest.Origin, forkedFrom: ForkedFrom, fork: "other");
        await using var fixture = WitnessFixture.Start(WitnessFixture.RuleFor(honest));
        var (size, time) = (0UL, 0UL);
        var last = new Checkpoint(honest.Origin, 0, MerkleHash.Empty);
        foreach (var step in steps)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(step.Seconds));
            if (step.Kind == Kind.Restart)
            {
                await fixture.RestartAsync(new Random(step.Seconds));
                continue;
            }

            var log = step.Kind is Kind.Fork or Kind.ForkFromLast ? fork : honest;
            var from = step.Kind is Kind.FromLast or Kind.ForkFromLast or Kind.BadProof ? size : step.From;
            var request = Request(log, step, from);
            var verdict = await fixture.AddAsync(request);
            object? whileBehind = fixture.Time.Seconds < time ? RefusalReason.ClockBehind : null;
            switch (Expect(log, step, from, last) ?? whileBehind)
            {
                case RefusalReason reason:
                    verdict.Should().BeOfType<Verdict.Refused>().Which.Reason.Should().Be(reason, $"{step}");
                    break;
                case ulong told:
                    verdict.Should().Be(new Verdict.Behind(told), $"{step}");
                    break;
                default:
                    var cosigned = verdict.Should().BeOfType<Verdict.Cosigned>($"{step}").Subject;
                    last = log.At(step.To);
                    cosigned.Checkpoint.Checkpoint.Should().Be(last);
                    time = fixture.Time.Seconds;
                    cosigned.Checkpoint.Time.Should().Be(time);
                    size = step.To;
                    break;
            }
        }
    }

    private static AddCheckpointRequest Request(TestLog log, Step step, ulong from)
    {
        var proof = from <= step.To ? log.Proof(from, step.To) : [];
        if (step.Kind == Kind.BadProof)
            proof = [.. proof, MerkleHash.Empty];
        var note = step.Kind == Kind.Unsigned
            ? new TestLog(log.Origin, seed: 2).Note(step.To)
            : log.Note(step.To);
        return new AddCheckpointRequest(from, proof, note);
    }

    /// <summary>A refusal, a size to be told, or null for a cosignature.</summary>
    private static object? Expect(TestLog log, Step step, ulong from, Checkpoint last)
    {
        if (step.Kind == Kind.Unsigned)
            return RefusalReason.NotSignedByLog;
        if (from > step.To)
            return RefusalReason.OldSizeAbove;
        if (from != last.Size)
            return last.Size;
        return step.Kind == Kind.BadProof || log.At(last.Size) != last ? RefusalReason.NotConsistent : null;
    }

    internal enum Kind
    {
        Honest,
        FromLast,
        Fork,
        ForkFromLast,
        BadProof,
        Unsigned,
        Restart,
    }

    internal sealed record Step(Kind Kind, ulong From, ulong To, int Seconds);
}
