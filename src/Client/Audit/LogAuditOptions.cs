using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>What an audit goes by.</summary>
public sealed class LogAuditOptions
{
    /// <summary>
    /// The log's key and the witnesses that are demanded. Null (the default) takes the key that the gateway
    /// names: the audit then shows that the log agrees with itself, not whose it is.
    /// </summary>
    public TlogPolicy? Policy { get; set; }

    /// <summary>
    /// Whether to read every entry and hash it. Otherwise leaf hashes are taken as the tiles give them, and
    /// nothing is said of the entries. Default true.
    /// </summary>
    public bool RehashEntries { get; set; } = true;

    /// <summary>
    /// An older checkpoint of the log, a signed note, that must be of a prefix of it. Default null. Where it is
    /// larger than the newest witnessed one, the newest of all is read and the tree recomputed up to that.
    /// </summary>
    public string? OlderCheckpoint { get; set; }

    /// <summary>
    /// Tiles of 256 entries that are read and hashed at a time; bounds memory too, to at most 17 MB for each.
    /// Default: four for each processor, at most 32.
    /// </summary>
    public int TilesAtOnceMax { get; set; } = Math.Clamp(4 * Environment.ProcessorCount, 4, 32);

    /// <summary>Told after every tile, from one thread at a time; null (the default) tells nobody.</summary>
    public IProgress<AuditProgress>? Progress { get; set; }
}
