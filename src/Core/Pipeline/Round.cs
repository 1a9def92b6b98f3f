namespace Sequencer.Core;

/// <summary>What the committer writes ahead at once and the publisher has signed.</summary>
internal sealed class Round
{
    /// <summary>Most entries in a round, unless a single submission has more.</summary>
    public const int EntriesMax = 32_768;

    /// <summary>Most bytes in a round, unless a single submission has more.</summary>
    public const long BytesMax = 16L << 20;

    /// <summary>Most chains in a round.</summary>
    public const int ChainsMax = 4_096;

    /// <summary>Both limits.</summary>
    public static readonly Load Max = new(EntriesMax, BytesMax);

    private readonly Dictionary<Chain, ChainRun> _runs = [];
    private readonly List<(PendingSubmission Submission, Action Answer)> _answers = [];

    public LedgerBatch Batch { get; } = new();

    /// <summary>One run for each chain, in the order of their first turns.</summary>
    public List<ChainRun> Runs { get; } = [];

    public int Entries { get; private set; }

    /// <summary>Whether nothing waits for it to be durable.</summary>
    public bool IsEmpty => Runs.Count == 0 && _answers.Count == 0;

    /// <summary>When the round was closed, as a timestamp of the clock.</summary>
    public long ClosedAt { get; private set; }

    /// <summary>Adds a submission that has its place, the next of its chain.</summary>
    public void Add(Chain chain, PendingSubmission submission)
    {
        if (!_runs.TryGetValue(chain, out var run))
        {
            _runs.Add(chain, run = new ChainRun(chain, submission.FirstIndex));
            Runs.Add(run);
        }

        run.Submissions.Add(submission);
        Entries += submission.EntryCount;
    }

    /// <summary>Adds a submission that takes no place here, and is answered once the round is durable.</summary>
    public void Add(PendingSubmission submission, Action answer) => _answers.Add((submission, answer));

    /// <summary>Closes the round; its entries are in the batch from then on.</summary>
    public void Close(long now)
    {
        ClosedAt = now;
        foreach (var run in Runs)
            Batch.Entries.Add(run.ToRecord());
    }

    /// <summary>Answers those that take no place: the round is durable.</summary>
    public void Answer() => _answers.ForEach(waiting => waiting.Answer());

    /// <summary>Tells everyone in the round that the outcome is not known.</summary>
    public void Abandon(string why)
    {
        var answered = _answers.Select(waiting => waiting.Submission);
        foreach (var submission in Runs.SelectMany(run => run.Submissions).Concat(answered))
            submission.Abandon(RefusalCode.LedgerUnavailable, why);
    }
}
