using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// One reader of a feed, from its first entry to its end. It holds at most one block and what the connection
/// buffers of it: nothing more is read until that was taken. Owned by its request; <see cref="FeedReaders"/>
/// looks on.
/// </summary>
internal sealed class FeedReader(
    HttpContext context, ChainId chain, string client, FeedQuestion question, FeedReaders readers)
{
    /// <summary>Bytes after which a checkpoint is due, wherever the reader stands.</summary>
    private const int CheckpointBytes = 1 << 20;

    private const ConfigureAwaitOptions Quietly =
        ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext;

    private readonly FeedForm _form = question.Form;
    private ChainFeed _feed = null!;
    private int _slot;
    private ulong _position;
    private long _sendingSince;
    private long _bytesSinceCheckpoint;

    public ChainId Chain => chain;

    public string Client => client;

    /// <summary>Whose signatures must cover what it is sent.</summary>
    public Finality Finality => question.Finality;

    /// <summary>Index of the entry to be sent next.</summary>
    public ulong Position => Volatile.Read(ref _position);

    /// <summary>First moment at which the reader's token is no longer good.</summary>
    public DateTimeOffset Until { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>How long the connection has had no room for what is to be sent.</summary>
    public TimeSpan StalledFor =>
        Volatile.Read(ref _sendingSince) is > 0 and var since
            ? readers.Time.GetElapsedTime(since)
            : TimeSpan.Zero;

    public void Join(ChainFeed feed, int slot) => (_feed, _slot) = (feed, slot);

    /// <summary>Breaks the answer off; the reader may come back with the last id that it got.</summary>
    public void Abort() => context.Abort();

    /// <summary>Sends entries until the reader leaves, its token expires or the service stops.</summary>
    public async Task RunAsync(ulong from)
    {
        _position = from;
        // A reader that has everything sees that it is connected, and one that goes on that it is in the same log.
        var going = await SendCheckpointAsync();
        for (var woken = false; going;)
        {
            // Taken before the look, so that what comes between is not missed.
            var signal = _feed.Signal(_slot);
            if (readers.IsStopping || context.RequestAborted.IsCancellationRequested
                || readers.Time.GetUtcNow() >= Until)
            {
                return;
            }

            if (await _feed.ReadAsync(_position, _form, context.RequestAborted) is { } block)
            {
                going = await SendAsync(block);
                woken = false;
                continue;
            }

            if (woken)
                going = await SignAsync();
            await signal.WaitAsync(context.RequestAborted).ConfigureAwait(Quietly);
            woken = true;
        }
    }

    /// <summary>Shows that the feed is alive. A witnessed checkpoint may have got one more cosignature since it
    /// was sent, for which a reader with a quorum of its own may wait.</summary>
    private ValueTask<bool> SignAsync() =>
        Finality == Finality.Witnessed ? SendCheckpointAsync() : SendAsync(_form.KeepAlive);

    /// <summary>
    /// Sends the newest checkpoint; a sign of life where it does not reach the reader, as after a crash, or
    /// where no quorum has cosigned one yet.
    /// </summary>
    private async ValueTask<bool> SendCheckpointAsync()
    {
        var proof = await _feed.ProveAsync(_position, _form, context.RequestAborted);
        return await SendAsync(proof ?? _form.KeepAlive);
    }

    private async ValueTask<bool> SendAsync(FeedBlock block)
    {
        if (!await SendAsync(block.Bytes))
            return false;
        Volatile.Write(ref _position, block.End);
        _bytesSinceCheckpoint = block.ReachesEnd ? 0 : _bytesSinceCheckpoint + block.Bytes.Length;
        if (_bytesSinceCheckpoint < CheckpointBytes)
            return true;
        _bytesSinceCheckpoint = 0;
        return await _feed.ProveAsync(_position, _form, context.RequestAborted) is not { } proof
            || await SendAsync(proof);
    }

    /// <summary>False when the reader is gone.</summary>
    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Volatile.Write(ref _sendingSince, readers.Time.GetTimestamp());
        var result = await context.Response.BodyWriter.WriteAsync(bytes);
        Volatile.Write(ref _sendingSince, 0);
        return !result.IsCompleted && !result.IsCanceled && !context.RequestAborted.IsCancellationRequested;
    }
}
