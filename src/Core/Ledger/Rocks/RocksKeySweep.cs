namespace Sequencer.Core;

/// <summary>
/// Finds idempotency keys that have expired, and has the writer delete them. They are looked for beside the writer, for
/// whom every commit waits: it is told what to delete, a little at a time. One call at a time.
/// </summary>
internal sealed class RocksKeySweep(RocksDatabase database, RocksWriter writer)
{
    // Their deletion takes the writer less than a millisecond.
    private const int KeysAtOnce = 256;

    // Behind all that was deleted, which is still there to be walked over until RocksDB drops it for good.
    private byte[] _next = RocksKeys.ExpiryPrefix;
    private ulong _lastBefore;

    /// <inheritdoc cref="ILedger.ForgetKeysAsync"/>
    public async ValueTask<bool> ForgetAsync(ulong before)
    {
        // The clock was set back: keys may have been written since that expire in front of there.
        if (before < _lastBefore)
            _next = RocksKeys.ExpiryPrefix;
        _lastBefore = before;
        await writer.AddAsync(static batch => batch.BeginForgetting());
        // Off the writer's thread.
        await Task.Yield();
        List<ExpiredKey> expired = [];
        try
        {
            return Find(before, expired);
        }
        finally
        {
            await writer.AddAsync(batch => batch.Forget(expired));
        }
    }

    /// <summary>Finds some; true when there are more.</summary>
    private bool Find(ulong before, List<ExpiredKey> expired)
    {
        Span<byte> key = stackalloc byte[RocksKeys.BytesMax];
        using var cursor = database.OpenCursor();
        for (cursor.Seek(_next); cursor.IsAt(RocksKeys.ExpiryPrefix); cursor.Next())
        {
            var (expiresAt, chain, digest) = RocksKeys.ExpiryOf(cursor.Key);
            if (expiresAt >= before)
                return false;
            if (expired.Count == KeysAtOnce)
                return true;
            // First: what is damaged is met once.
            _next = [.. cursor.Key, 0];
            // A key that was used again after it expired has a later entry in this list: only that counts.
            var isUsedAgain = database.Get(RocksKeys.IdempotencyKey(chain, digest, key)) is { } value
                && RocksValues.ToKey(chain, digest, value).ExpiresAt >= before;
            expired.Add(new ExpiredKey(expiresAt, chain, digest, isUsedAgain));
        }

        return false;
    }
}

/// <summary>A use of an idempotency key that has expired.</summary>
/// <param name="ExpiresAt">When, in seconds since 1970.</param>
/// <param name="Chain">The chain.</param>
/// <param name="KeyDigest">SHA-256 of the key.</param>
/// <param name="IsUsedAgain">Whether the key was used again later, and that use has not expired.</param>
internal readonly record struct ExpiredKey(
    ulong ExpiresAt, ChainNumber Chain, Tlog.Hash KeyDigest, bool IsUsedAgain);
