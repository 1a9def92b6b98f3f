using System.Collections.Concurrent;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>One chain's contents in memory.</summary>
internal sealed class MemoryChain
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _entries = [];
    private readonly List<(ulong Size, ulong Time)> _times = [];

    public ConcurrentDictionary<Hash, KeyRecord> Keys { get; } = new();

    public ConcurrentDictionary<Hash, ulong> Leaves { get; } = new();

    public ConcurrentDictionary<(int Level, ulong Index), TileRecord> Tiles { get; } = new();

    public ConcurrentQueue<ChainEpochRecord> Epochs { get; } = new();

    public CheckpointRecord? Latest { get; private set; }

    public CheckpointRecord? Witnessed { get; set; }

    public ProposalRecord? Proposal { get; set; }

    public ulong EntryCount
    {
        get
        {
            lock (_lock)
                return (ulong)_entries.Count;
        }
    }

    public void Append(EntriesRecord record)
    {
        lock (_lock)
            _entries.AddRange(record.Entries.Select(entry => entry.ToArray()));
    }

    public void ForgetKeysBefore(ulong time)
    {
        foreach (var key in Keys.Values)
        {
            if (key.ExpiresAt < time)
                Keys.TryRemove(key.KeyDigest, out _);
        }
    }

    public byte[]? ReadEntry(ulong index)
    {
        lock (_lock)
            return index < (ulong)_entries.Count ? _entries[(int)index] : null;
    }

    public void Add(CheckpointRecord checkpoint)
    {
        lock (_lock)
        {
            Latest = checkpoint;
            if (_times.Count == 0 || _times[^1].Size < checkpoint.Size)
                _times.Add((checkpoint.Size, checkpoint.Time));
        }
    }

    public ulong? TimeOfEntry(ulong index)
    {
        lock (_lock)
        {
            var at = _times.BinarySearch((index + 1, 0));
            at = at < 0 ? ~at : at;
            return at < _times.Count ? _times[at].Time : null;
        }
    }
}
