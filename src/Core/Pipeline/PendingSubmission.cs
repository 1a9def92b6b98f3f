using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks.Sources;
using Sequencer.Hashing;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// A submission on its way; whoever holds it last completes it, once. Its caller may be answered before that,
/// when it has waited too long. It is itself what its one caller awaits: a task of its own for each of many
/// thousand a second would cost as much as the rest of it.
/// </summary>
internal sealed class PendingSubmission : IValueTaskSource<SubmitOutcome>
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<SubmitOutcome> _answer =
        new() { RunContinuationsAsynchronously = true };

    private int _isAnswered;
    private Action<SubmitOutcome>? _followers;
    private SubmitOutcome? _given;

    public PendingSubmission(Submission submission, long bytes)
    {
        Submission = submission;
        Bytes = bytes;
        var leaves = new Hash[submission.Entries.Count];
        MerkleLanes.HashLeaves(AsSpan(submission.Entries), leaves);
        Leaves = leaves;
        if (submission.IdempotencyKey is { } key)
        {
            KeyDigest = Hash.Read(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
            ContentDigest = Hash.Read(SHA256.HashData(MemoryMarshal.AsBytes(leaves.AsSpan())));
        }
    }

    public Submission Submission { get; }

    public int EntryCount => Leaves.Length;

    /// <summary>Bytes of all entries.</summary>
    public long Bytes { get; }

    /// <summary>What it takes up.</summary>
    public Load Load => new(EntryCount, Bytes);

    public Hash[] Leaves { get; }

    /// <summary>SHA-256 of the idempotency key, null without one.</summary>
    public Hash? KeyDigest { get; }

    /// <summary>SHA-256 over the leaf hashes; set with a key.</summary>
    public Hash ContentDigest { get; }

    /// <summary>Index of the first entry; set by the committer.</summary>
    public ulong FirstIndex { get; set; }

    /// <summary>Set once the write-ahead has begun: from then on nobody may say that it failed.</summary>
    public bool IsCommitting { get; set; }

    /// <summary>The caller's answer; to be awaited once.</summary>
    public ValueTask<SubmitOutcome> Answer => new(this, _answer.Version);

    /// <summary>Calls back with the outcome: on the thread that gives it, or now if it was given.</summary>
    public void OnOutcome(Action<SubmitOutcome> follower)
    {
        lock (_lock)
        {
            if (_given is null)
            {
                _followers += follower;
                return;
            }
        }

        follower(_given);
    }

    public void Complete(SubmitOutcome outcome)
    {
        lock (_lock)
        {
            if (_given is not null)
                return;
            _given = outcome;
        }

        _followers?.Invoke(outcome);
        AnswerCaller(outcome);
    }

    /// <summary>
    /// Answers the caller, unless it has its answer. The outcome itself, if it is not this, comes later.
    /// </summary>
    public void AnswerCaller(SubmitOutcome outcome)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) == 0)
            _answer.SetResult(outcome);
    }

    public void Refuse(Refusal refusal) => Complete(new SubmitOutcome.Refused(refusal));

    /// <summary>Refuses with <paramref name="code"/>, or as unknown once the write-ahead has begun.</summary>
    public void Abandon(RefusalCode code, string detail)
    {
        if (IsCommitting)
        {
            Refuse(Refusal.Soon(RefusalCode.OutcomeUnknown,
                $"{detail} The entries may have taken their places: retry with the same Idempotency-Key."));
        }
        else
        {
            Refuse(Refusal.Soon(code, detail));
        }
    }

    private static ReadOnlySpan<ReadOnlyMemory<byte>> AsSpan(IReadOnlyList<ReadOnlyMemory<byte>> entries) =>
        entries switch
        {
            List<ReadOnlyMemory<byte>> list => CollectionsMarshal.AsSpan(list),
            ReadOnlyMemory<byte>[] array => array,
            _ => entries.ToArray(),
        };

    SubmitOutcome IValueTaskSource<SubmitOutcome>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<SubmitOutcome>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<SubmitOutcome>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);
}
