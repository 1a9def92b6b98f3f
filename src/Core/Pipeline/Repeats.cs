using System.Collections.Concurrent;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Finds submissions that were made before: by their idempotency key or, in a chain of unique entries, by
/// their bytes. Used by the gatherer alone; what is still under way is remembered here, the rest in the
/// ledger.
/// </summary>
internal sealed class Repeats(ILedger ledger, SequencerOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(ChainNumber, Hash), PendingSubmission> _keysUnderWay = new();
    private readonly ConcurrentDictionary<(ChainNumber, Hash), (PendingSubmission Submission, int Offset)>
        _leavesUnderWay = new();

    /// <summary>
    /// Answers a repeat: at once, with an answer that is coming, or with the round. False for what is none,
    /// and so takes new indices.
    /// </summary>
    public bool TryAnswer(Chain chain, PendingSubmission submission, Round round) =>
        (submission.KeyDigest is { } key && TryAnswerByKey(chain, submission, key))
        || (chain.Record!.Unique && TryAnswerByEntries(chain, submission, round));

    /// <summary>Notes a submission that takes its places now.</summary>
    public void Remember(Chain chain, PendingSubmission submission, LedgerBatch batch)
    {
        var number = chain.Record!.Number;
        if (submission.KeyDigest is { } key)
            RememberKey(number, key, submission, batch);
        if (!chain.Record.Unique)
            return;
        for (var i = 0; i < submission.EntryCount; i++)
        {
            var leaf = submission.Leaves[i];
            batch.Leaves.Add(new LeafRecord(number, leaf, submission.FirstIndex + (ulong)i));
            _leavesUnderWay[(number, leaf)] = (submission, i);
        }

        submission.OnOutcome(_ =>
        {
            foreach (var leaf in submission.Leaves)
                _leavesUnderWay.TryRemove((number, leaf), out var _);
        });
    }

    private void RememberKey(ChainNumber number, Hash key, PendingSubmission submission, LedgerBatch batch)
    {
        batch.Keys.Add(new KeyRecord(
            number, key, submission.FirstIndex, submission.EntryCount, submission.ContentDigest,
            Now() + (ulong)options.IdempotencyRetentionHours * 3_600));
        _keysUnderWay[(number, key)] = submission;
        submission.OnOutcome(_ => _keysUnderWay.TryRemove((number, key), out var _));
    }

    private bool TryAnswerByKey(Chain chain, PendingSubmission submission, Hash key)
    {
        var number = chain.Record!.Number;
        if (_keysUnderWay.TryGetValue((number, key), out var first))
        {
            if (first.ContentDigest == submission.ContentDigest)
                first.OnOutcome(submission.Complete);
            else
                RefuseMismatch(submission);
            return true;
        }

        if (ledger.FindKey(number, key) is not { } record || record.ExpiresAt < Now())
            return false;
        if (record.ContentDigest != submission.ContentDigest || record.Count != submission.EntryCount)
            RefuseMismatch(submission);
        else
            submission.Complete(FindInHistory(chain, record.FirstIndex, record.Count));
        return true;
    }

    private bool TryAnswerByEntries(Chain chain, PendingSubmission submission, Round round)
    {
        var seen = new HashSet<Hash>();
        for (var i = 0; i < submission.EntryCount; i++)
        {
            var leaf = submission.Leaves[i];
            var underWay = _leavesUnderWay.TryGetValue((chain.Record!.Number, leaf), out var earlier);
            var known = underWay ? null : ledger.FindLeaf(chain.Record.Number, leaf);
            if (!underWay && known is null && seen.Add(leaf))
                continue;
            if (submission.EntryCount > 1)
            {
                submission.Refuse(new Refusal(RefusalCode.DuplicateEntry,
                    $"Entry {i} of the batch is in chain '{chain.Id}' already, or twice in the batch, and its "
                    + "entries are unique.")
                { Position = i });
            }
            else
            {
                AnswerFromLeaf(chain, submission, known, earlier, round);
            }

            return true;
        }

        return false;
    }

    /// <summary>
    /// The entry has its place, or an earlier submission that is under way gives it one. A key is remembered for that
    /// place before anybody is told of it.
    /// </summary>
    private void AnswerFromLeaf(
        Chain chain, PendingSubmission submission, ulong? known, (PendingSubmission Submission, int Offset) earlier,
        Round round)
    {
        submission.FirstIndex = known ?? earlier.Submission.FirstIndex + (ulong)earlier.Offset;
        var outcome = known is null ? null : FindInHistory(chain, submission.FirstIndex, count: 1);
        if (submission.KeyDigest is not { } key)
        {
            Answer();
            return;
        }

        // The entry has its place, or gets it with this round, whatever becomes of the key.
        submission.IsCommitting = true;
        RememberKey(chain.Record!.Number, key, submission, round.Batch);
        round.Add(submission, Answer);

        void Answer()
        {
            if (outcome is null)
                ShareOne(earlier.Submission, earlier.Offset, submission);
            else
                submission.Complete(outcome);
        }
    }

    /// <summary>The entry is one of a submission that is under way: wait for that one.</summary>
    private static void ShareOne(PendingSubmission earlier, int offset, PendingSubmission later) =>
        earlier.OnOutcome(outcome => later.Complete(outcome is SubmitOutcome.Sequenced(var range)
            ? new SubmitOutcome.Sequenced(range.One(offset))
            : outcome));

    private SubmitOutcome FindInHistory(Chain chain, ulong firstIndex, int count)
    {
        if (chain.Latest!.Size < firstIndex + (ulong)count)
        {
            // Durable, but not signed, and nobody has it under way: this engine is about to end, and the next one
            // has the entries signed before it takes a repeat.
            return new SubmitOutcome.Refused(Refusal.Soon(RefusalCode.OutcomeUnknown,
                "The enclave has not signed the entries yet: retry with the same Idempotency-Key."));
        }

        var createdAt = chain.CreatedAt(firstIndex + (ulong)count - 1, ledger);
        return new SubmitOutcome.Sequenced(
            new SequencedRange(chain.Tree!, chain.Latest, firstIndex, count, createdAt));
    }

    private static void RefuseMismatch(PendingSubmission submission) =>
        submission.Refuse(new Refusal(RefusalCode.IdempotencyMismatch,
            "This Idempotency-Key was used on this chain for other bytes; use a new key for a new "
            + "submission."));

    private ulong Now() => (ulong)time.GetUtcNow().ToUnixTimeSeconds();
}
