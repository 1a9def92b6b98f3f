using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>What a monitor goes by.</summary>
public sealed class MonitorOptions
{
    /// <summary>
    /// The log's key and the witnesses that are demanded. Null (the default) takes the key that the gateway
    /// names at first contact, and stays with it.
    /// </summary>
    public TlogPolicy? Policy { get; set; }

    /// <summary>Which entries are read and hashed. Default none.</summary>
    public RehashMode Rehash { get; set; } = RehashMode.None;

    /// <summary>
    /// Oldest that the newest checkpoint may be, by the enclave's time in it. Null (the default) sets no
    /// limit: a chain without transactions has no new checkpoints.
    /// </summary>
    public TimeSpan? StaleAfter { get; set; }

    /// <summary>
    /// Tiles of 256 entries that are read and hashed at a time, with their entries; bounds memory too, to at
    /// most 17 MB for each. Default 4.
    /// </summary>
    public int TilesAtOnceMax { get; set; } = 4;
}
