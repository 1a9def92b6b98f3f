using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// The entries that came and that no checkpoint covers yet, behind the tree of those that were verified.
/// Owned by one follower.
/// </summary>
internal sealed class HeldEntries(CompactRange verified)
{
    /// <summary>What an entry takes of memory beside its bytes: its objects, its leaf hash, its places.</summary>
    public const int EntryCostBytes = 192;

    private readonly List<FeedEntry> _entries = [];
    private readonly List<Hash> _leaves = [];
    private CompactRange _verified = verified;
    private CompactRange _all = verified.Clone();

    /// <summary>Index of the entry that must come next.</summary>
    public ulong Next => _all.Size;

    /// <summary>Bytes held: what the entries have, and what each costs, though it be empty.</summary>
    public long Bytes { get; private set; }

    /// <summary>The root over everything that came, verified or held.</summary>
    public Hash Root => _all.Root();

    public void Add(FeedEntry entry)
    {
        var leaf = MerkleHash.Leaf(entry.Data.Span);
        _entries.Add(entry);
        _leaves.Add(leaf);
        _all.Append(leaf);
        Bytes += entry.Data.Length + EntryCostBytes;
    }

    /// <summary>Gives out what is held: it has been verified.</summary>
    public VerifiedEntries Release()
    {
        var released = new VerifiedEntries(_verified, [.. _entries], [.. _leaves]);
        _verified = _all.Clone();
        Clear();
        return released;
    }

    /// <summary>Forgets what is held; the connection that brought it is gone.</summary>
    public void Drop()
    {
        _all = _verified.Clone();
        Clear();
    }

    private void Clear()
    {
        _entries.Clear();
        _leaves.Clear();
        Bytes = 0;
    }
}
