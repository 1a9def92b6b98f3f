namespace Sequencer.Gateway;

/// <summary>
/// Consecutive entries as they are sent, made once for all readers that come by; never changed. At the end of
/// the chain the checkpoint is in it too.
/// </summary>
/// <param name="End">Index after its last entry.</param>
/// <param name="Size">Size of the newest checkpoint when it was made.</param>
internal sealed record FeedBlock(ulong End, ulong Size, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Whether there was nothing behind it, so that its last event is a checkpoint.</summary>
    public bool ReachesEnd => End == Size;
}
