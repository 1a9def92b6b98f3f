namespace Sequencer.Gateway;

/// <summary>
/// The entries of one batch request as far as they have arrived, with the reservation of their bytes.
/// </summary>
internal sealed class Batch(ArrivingBytes.Lease? arriving) : IDisposable
{
    private readonly List<ReadOnlyMemory<byte>> _entries = [];

    public IReadOnlyList<ReadOnlyMemory<byte>> Entries => _entries;

    /// <summary>Bytes of all entries together.</summary>
    public long EntryBytes { get; private set; }

    /// <summary>What the entries count as while they arrive.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Where the entries' bytes are.</summary>
    public EntryMemory Memory { get; } = new();

    /// <summary>Null for a batch that was refused before it began to arrive.</summary>
    public ArrivingBytes.Lease? Arriving => arriving;

    /// <summary>Why there is no whole batch; null when there is one.</summary>
    public Problem? Refusal { get; set; }

    public static Batch Refused(Problem refusal) => new(null) { Refusal = refusal };

    public void Add(ReadOnlyMemory<byte> entry, int overheadBytes)
    {
        _entries.Add(entry);
        EntryBytes += entry.Length;
        ReservedBytes += entry.Length + overheadBytes;
    }

    public void Dispose() => arriving?.Dispose();
}
