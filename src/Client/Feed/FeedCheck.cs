using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// The verifying part of a follower: takes the events of a feed one by one and gives entries out once a
/// checkpoint that is trusted covers them. Owned by one follower.
/// </summary>
internal sealed class FeedCheck(CompactRange begin, CheckpointTrust trust, FeedOptions options)
{
    /// <summary>Trusted checkpoints that are kept at once; each may have a megabyte.</summary>
    private const int SeenMax = 8;

    private readonly HeldEntries _held = new(begin);

    /// <summary>
    /// Checkpoints that were trusted, by size: those that come next, of all that the entries given out have
    /// not passed, and the largest.
    /// </summary>
    private readonly SortedList<ulong, SeenCheckpoint> _seen = [];

    /// <summary>Index of the entry that must come next.</summary>
    public ulong Next => _held.Next;

    /// <summary>Takes the next event.</summary>
    /// <returns>The entries that it verified; null when it verified none.</returns>
    /// <exception cref="FeedException">When the feed is not to be believed.</exception>
    /// <exception cref="SequencerClientException">When what verifies it cannot be had.</exception>
    public async Task<VerifiedEntries?> TakeAsync(FeedLine line, CancellationToken cancellation)
    {
        if (line is { Idx: { } index, DataBase64: { } data, CreatedAt: { } createdAt })
        {
            Add(new FeedEntry(index, data, createdAt));
            return null;
        }

        return line is { NextIdx: { } next, Checkpoint: { } note, Consistency: { } proof }
            ? await TakeCheckpointAsync(next, note, proof, cancellation).ConfigureAwait(false)
            : throw new FeedException(FeedError.Malformed, "An event is neither an entry nor a checkpoint.");
    }

    /// <summary>Forgets what came and was not verified.</summary>
    public void Drop()
    {
        _held.Drop();
        foreach (var ahead in _seen.Values.Where(seen => seen.Size > _held.Next))
            ahead.Recomputed = null;
    }

    private void Add(FeedEntry entry)
    {
        RequireNext(entry.Index, "entry");
        if (entry.Data.Length > Entry.MaxSizeBytes)
            throw new FeedException(FeedError.Malformed,
                $"Entry {entry.Index} has {entry.Data.Length} bytes; at most {Entry.MaxSizeBytes} are possible.");
        _held.Add(entry);
        if (_held.Bytes > options.UnverifiedBytesMax)
            throw new FeedException(FeedError.NotCovered,
                $"The gateway sent entries that take {_held.Bytes} bytes of memory, to index {entry.Index}, "
                + "without a checkpoint that covers them as the policy demands.");
        if (_seen.TryGetValue(_held.Next, out var reached))
            reached.Recomputed = _held.Root;
    }

    private async Task<VerifiedEntries?> TakeCheckpointAsync(
        ulong next, string note, IReadOnlyList<string> proof, CancellationToken cancellation)
    {
        RequireNext(next, "checkpoint before entry");
        var (checkpoint, hasQuorum) = await trust.VerifyAsync(note, cancellation).ConfigureAwait(false);
        RequireOneHistory(checkpoint, note);
        try
        {
            ConsistencyProof.Verify(next, _held.Root, checkpoint.Size, checkpoint.Root, Hashes(proof));
        }
        catch (TlogException wrong)
        {
            throw new FeedException(FeedError.RootMismatch,
                $"The entries before index {next} do not lead to the signed root of size {checkpoint.Size}: "
                + "one of them was changed, or the checkpoint is of another history. " + wrong.Message, wrong)
            {
                Checkpoints = [note],
            };
        }

        RequireNoFork(note);
        Keep(checkpoint, note);
        if (!hasQuorum)
            return null;
        ForgetPassed();
        return _held.Release();
    }

    private void Keep(Checkpoint checkpoint, string note)
    {
        _seen.TryAdd(checkpoint.Size, new SeenCheckpoint(checkpoint, note)
        {
            Recomputed = checkpoint.Size == _held.Next ? _held.Root : null,
        });
        if (_seen.Count > SeenMax)
            _seen.RemoveAt(SeenMax - 1);
    }

    private void ForgetPassed()
    {
        while (_seen.Count > 1 && _seen.GetKeyAtIndex(0) < _held.Next)
            _seen.RemoveAt(0);
    }

    private void RequireNext(ulong index, string what)
    {
        if (index != _held.Next)
            throw new FeedException(FeedError.OutOfOrder,
                $"The gateway sent {what} {index} where index {_held.Next} must come.");
    }

    /// <summary>Two signed roots for one size are a fork, whatever the entries are.</summary>
    private void RequireOneHistory(Checkpoint checkpoint, string note)
    {
        if (_seen.TryGetValue(checkpoint.Size, out var seen) && seen.Root != checkpoint.Root)
            throw Fork(seen, note);
    }

    /// <summary>
    /// The entries so far are verified. Checkpoints that were ahead of them once must have their root too.
    /// </summary>
    private void RequireNoFork(string note)
    {
        var other = _seen.Values.FirstOrDefault(seen => seen.Recomputed is { } root && root != seen.Root);
        if (other is not null)
            throw Fork(other, note);
    }

    private static FeedException Fork(SeenCheckpoint seen, string note) =>
        new(FeedError.Fork,
            $"The log has two histories: a checkpoint of size {seen.Size}, seen earlier, and another one "
            + "are both signed, and contradict each other. Keep them: together they prove it.")
        {
            Checkpoints = [seen.Note, note],
        };

    private static Hash[] Hashes(IReadOnlyList<string> proof)
    {
        var hashes = new Hash[proof.Count];
        for (var i = 0; i < hashes.Length; i++)
        {
            if (!Hash.TryParseBase64(proof[i], out hashes[i]))
                throw new FeedException(FeedError.Malformed, "A consistency proof holds no hashes.");
        }

        return hashes;
    }

    /// <summary>A checkpoint that was trusted.</summary>
    private sealed class SeenCheckpoint(Checkpoint checkpoint, string note)
    {
        public ulong Size => checkpoint.Size;

        public Hash Root => checkpoint.Root;

        public string Note => note;

        /// <summary>The root of the entries that came, at its size; null until there are so many.</summary>
        public Hash? Recomputed { get; set; }
    }
}
