using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>A submission on its way; whoever holds it last completes it, once.</summary>
internal sealed class PendingSubmission
{
    private readonly TaskCompletionSource<SubmitOutcome> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock _lock = new();
    private List<PendingSubmission>? _followers;
    private SubmitOutcome? _given;

    public PendingSubmission(Submission submission, long bytes)
    {
        Submission = submission;
        Bytes = bytes;
        var leaves = new Hash[submission.Entries.Count];
        for (var i = 0; i < leaves.Length; i++)
            leaves[i] = MerkleHash.Leaf(submission.Entries[i].Span);
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

    public Hash[] Leaves { get; }

    /// <summary>SHA-256 of the idempotency key, null without one.</summary>
    public Hash? KeyDigest { get; }

    /// <summary>SHA-256 over the leaf hashes; set with a key.</summary>
    public Hash ContentDigest { get; }

    /// <summary>Index of the first entry; set by the committer.</summary>
    public ulong FirstIndex { get; set; }

    /// <summary>Set once the write-ahead has begun: from then on nobody may say that it failed.</summary>
    public bool IsCommitting { get; set; }

    public Task<SubmitOutcome> Outcome => _outcome.Task;

    /// <summary>Lets a repeat of this submission share its outcome.</summary>
    public void AddFollower(PendingSubmission follower)
    {
        lock (_lock)
        {
            if (_given is null)
            {
                (_followers ??= []).Add(follower);
                return;
            }
        }

        follower.Complete(_given);
    }

    public void Complete(SubmitOutcome outcome)
    {
        List<PendingSubmission>? followers;
        lock (_lock)
        {
            if (_given is not null)
                return;
            _given = outcome;
            followers = _followers;
        }

        _outcome.SetResult(outcome);
        followers?.ForEach(follower => follower.Complete(outcome));
    }

    public void Refuse(RefusalCode code, string detail, TimeSpan? retryAfter = null, int? position = null) =>
        Complete(new SubmitOutcome.Refused(
            new Refusal(code, detail) { RetryAfter = retryAfter, Position = position }));

    /// <summary>Refuses with <paramref name="code"/>, or as unknown once the write-ahead has begun.</summary>
    public void Abandon(RefusalCode code, string detail)
    {
        if (IsCommitting)
        {
            Refuse(RefusalCode.OutcomeUnknown,
                $"{detail} The entries may have taken their places: retry with the same Idempotency-Key.",
                TimeSpan.FromSeconds(1));
        }
        else
        {
            Refuse(code, detail, TimeSpan.FromSeconds(1));
        }
    }
}
