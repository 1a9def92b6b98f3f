using Sequencer.Core.Tests.Sim;

namespace Sequencer.Core.Tests.Pipeline;

public sealed class WaitingCallersTests : IDisposable
{
    private const int PatienceSeconds = 30;

    private static readonly SubmitOutcome Late =
        new SubmitOutcome.Refused(new Refusal(RefusalCode.Stopping, "late"));

    private readonly SimScheduler _scheduler = new(seed: 1);
    private readonly WaitingCallers _callers;

    public WaitingCallersTests() =>
        _callers = new WaitingCallers(new SimClock(_scheduler, owner: null), PatienceSeconds);

    public void Dispose() => _callers.Dispose();

    [Fact]
    public async Task ACallerWithoutOutcome_IsToldSoWithinASecondOfItsTime_AndTheOutcomeStillComes()
    {
        var submission = Submit();
        var answer = submission.Answer;
        var outcomes = new List<SubmitOutcome>();
        submission.OnOutcome(outcomes.Add);

        _scheduler.RunUntil(() => answer.IsCompleted, stepsMax: 100);

        TimeSpan.FromTicks(_scheduler.Now).TotalSeconds.Should()
            .BeInRange(PatienceSeconds, PatienceSeconds + 1);
        (await answer).Should().BeOfType<SubmitOutcome.Refused>()
            .Which.Refusal.Code.Should().Be(RefusalCode.OutcomeUnknown);
        outcomes.Should().BeEmpty();
        submission.Complete(Late);
        outcomes.Should().Equal(Late);
    }

    [Fact]
    public async Task AnOutcome_EndsTheWaiting()
    {
        var (given, open) = (Submit(), Submit());
        given.Complete(Late);

        var stillOpen = open.Answer;
        _scheduler.RunUntil(() => stillOpen.IsCompleted, stepsMax: 100);

        (await given.Answer).Should().Be(Late);
        _scheduler.Violation.Should().BeNull();
    }

    private PendingSubmission Submit()
    {
        var submission = new PendingSubmission(
            new Submission { Chain = CoreFixture.Chain("a"), Entries = [new byte[1]] }, bytes: 1);
        var place = _callers.Add(submission);
        submission.OnOutcome(_ => _callers.Remove(place));
        return submission;
    }
}
