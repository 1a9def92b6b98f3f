namespace Sequencer.Core;

/// <summary>One entry as followers of a chain get it.</summary>
/// <param name="Data">Its bytes.</param>
/// <param name="CreatedAt">Time of the first cosignature that covers it, in whole seconds.</param>
public readonly record struct FeedEntry(ReadOnlyMemory<byte> Data, DateTimeOffset CreatedAt);

/// <summary>Consecutive entries of a chain; none of them is above the checkpoint.</summary>
/// <param name="First">Index of the first entry.</param>
/// <param name="Entries">The entries in order; none when the chain does not reach so far.</param>
/// <param name="Checkpoint">The newest checkpoint, of the finality that was asked for, when they were read.
/// </param>
public sealed record FeedSlice(ulong First, IReadOnlyList<FeedEntry> Entries, FeedCheckpoint Checkpoint)
{
    /// <summary>Index after the last entry.</summary>
    public ulong End => First + (ulong)Entries.Count;
}

/// <summary>A signed checkpoint of a chain.</summary>
/// <param name="Size">Number of entries that it covers.</param>
/// <param name="Note">The signed note, UTF-8.</param>
public sealed record FeedCheckpoint(ulong Size, ReadOnlyMemory<byte> Note);
