using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>All of one chain's durable submissions that go to the enclave together.</summary>
internal sealed class ChainAppend(ChainRun first)
{
    private readonly List<ChainRun> _runs = [first];
    private Hash[]? _leaves;

    public Chain Chain => first.Chain;

    public ulong FirstIndex => first.FirstIndex;

    /// <summary>What goes together, in order; each begins where the one before ends.</summary>
    public IReadOnlyList<ChainRun> Runs => _runs;

    public IEnumerable<PendingSubmission> Submissions => _runs.SelectMany(run => run.Submissions);

    /// <summary>When it was taken to be signed, as a timestamp of the clock.</summary>
    public long TakenAt { get; init; }

    /// <summary>Whether its submissions have their outcomes.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether a lane of its own has it signed.</summary>
    public bool IsAside { get; set; }

    /// <summary>The leaf hashes of all runs.</summary>
    public Hash[] Leaves => _leaves ??= ChainRun.Join(_runs.ConvertAll(run => run.Leaves));

    /// <summary>Takes what follows, to go together with it from now on.</summary>
    public void Add(params IEnumerable<ChainRun> later)
    {
        _runs.AddRange(later);
        // Whoever asked for them before was not answered, and asks for all of them now.
        _leaves = null;
    }

    public AppendItem ToItem() => Chain.ToItem(FirstIndex, Leaves);

    /// <summary>Hands out receipts from the chain's newest checkpoint.</summary>
    public void Complete(CoreMetrics metrics, TimeProvider time)
    {
        IsOver = true;
        var checkpoint = Chain.Latest!;
        foreach (var submission in Submissions)
        {
            submission.Complete(new SubmitOutcome.Sequenced(new SequencedRange(
                Chain.Tree!, checkpoint, submission.FirstIndex, submission.EntryCount, checkpoint.Time,
                Chain.Witnessing?.Witnessed == checkpoint)));
        }

        metrics.Published(this, time.GetElapsedTime(TakenAt));
    }

    public void AbandonIfStopped()
    {
        if (Chain.Phase == ChainPhase.Stopped)
            Abandon(Chain.WhyStopped.Detail);
    }

    public void Abandon(string why)
    {
        IsOver = true;
        foreach (var submission in Submissions)
            submission.Abandon(RefusalCode.EnclaveUnavailable, why);
    }
}
