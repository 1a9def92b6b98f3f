namespace Sequencer.Core;

/// <summary>Records to be written together. Not safe for concurrent use; given away when it is written.</summary>
public sealed class LedgerBatch
{
    /// <summary>A higher generation, or null.</summary>
    public ulong? Generation { get; set; }

    /// <summary>Why the gateway was fenced; null leaves it, empty lifts it.</summary>
    public string? Fence { get; set; }

    /// <summary>Under which name and key the chains are published from now on, or null.</summary>
    public LogRecord? Log { get; set; }

    public List<ChainRecord> Chains { get; } = [];

    public List<EntriesRecord> Entries { get; } = [];

    public List<KeyRecord> Keys { get; } = [];

    public List<LeafRecord> Leaves { get; } = [];

    public List<CheckpointRecord> Checkpoints { get; } = [];

    /// <summary>Checkpoints that have their quorum, with the witnesses' cosignatures in the note.</summary>
    public List<CheckpointRecord> Witnessed { get; } = [];

    public List<ProposalRecord> Proposals { get; } = [];

    public List<TileRecord> Tiles { get; } = [];

    public List<EpochRecord> Epochs { get; } = [];

    public List<ChainEpochRecord> ChainEpochs { get; } = [];

    public bool IsEmpty =>
        Generation is null && Fence is null && Log is null && Chains.Count == 0 && Entries.Count == 0
        && Keys.Count == 0 && Leaves.Count == 0 && Checkpoints.Count == 0 && Witnessed.Count == 0
        && Proposals.Count == 0 && Tiles.Count == 0 && Epochs.Count == 0 && ChainEpochs.Count == 0;
}
