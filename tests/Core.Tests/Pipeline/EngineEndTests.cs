using Sequencer.Protocol;

namespace Sequencer.Core.Tests.Pipeline;

public sealed class EngineEndTests
{
    /// <summary>Found by a test on a busy machine: the publisher was seen to end before the failure that ended it,
    /// and the engine took that for a stop that was asked for.</summary>
    [Fact]
    public async Task Stages_PublisherSeenFirst_StillTellsWhyTheCommitterFailed()
    {
        var committing = new TaskCompletionSource();
        var publishing = Task.CompletedTask;

        var waiting = Stages.WaitAsync(committing.Task, publishing, beside: []);

        waiting.IsCompleted.Should().BeFalse();
        committing.SetException(new LedgerException(LedgerError.WriteFailed, "the disk is full"));
        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<LedgerException>();
    }

    [Fact]
    public async Task Stages_BothEndWell_LeavesTheRestRunning()
    {
        var forEver = new TaskCompletionSource().Task;
        var committing = new TaskCompletionSource();
        var publishing = new TaskCompletionSource();

        var waiting = Stages.WaitAsync(committing.Task, publishing.Task, [forEver]);
        committing.SetResult();
        waiting.IsCompleted.Should().BeFalse();
        publishing.SetResult();

        await waiting;
    }

    /// <summary>A gateway that goes on after it was fenced would ask for the write role again.</summary>
    [Fact]
    public async Task Stages_FencedWhileTheLedgerFails_TellsOfTheFence()
    {
        var committing = Task.FromException(new LedgerException(LedgerError.WriteFailed, "the disk is full"));
        var fenced = Task.FromException(new EnclaveFencedException("a newer gateway"));

        var waiting = Stages.WaitAsync(committing, Task.CompletedTask, [fenced]);

        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<EnclaveFencedException>();
    }

    [Fact]
    public async Task AbandonAll_ManyChains_GoesByTheirNames()
    {
        await using var nowhere = new PipeTransport();
        using var callers = new WaitingCallers(TimeProvider.System, 30);
        var ledger = new MemoryLedger();
        await using var engine = new Engine(
            CoreFixture.Options(), CoreFixture.Dependencies(new MemoryLedgerSource(ledger), nowhere), ledger, callers);
        var abandoned = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var chain = engine.Chains.Make(CoreFixture.Chain($"chain-{i}"));
            engine.Chains.TryAdd(chain).Should().BeTrue();
            var waiting = new PendingSubmission(new Submission { Chain = chain.Id, Entries = [new byte[1]] }, 1);
            waiting.OnOutcome(_ => abandoned.Add(chain.Id.Value));
            chain.Queue.Add(waiting);
        }

        engine.AbandonAll(RefusalCode.Stopping, "The end.");

        abandoned.Should().HaveCount(20).And.BeInAscendingOrder(StringComparer.Ordinal);
    }
}
