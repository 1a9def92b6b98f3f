namespace Sequencer.Client;

/// <summary>An entry of a followed chain, verified to stand at its index.</summary>
/// <param name="Index">Its zero-based place.</param>
/// <param name="Data">Its bytes.</param>
/// <param name="CreatedAt">Time of the first cosignature that covers it, as the gateway tells it: only a
/// receipt proves it.</param>
public sealed record FeedEntry(ulong Index, ReadOnlyMemory<byte> Data, DateTimeOffset CreatedAt);
