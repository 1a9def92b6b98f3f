namespace Sequencer.Witness;

/// <summary>One log's place in memory. What decides is changed only by the holder of the turn.</summary>
internal sealed class WitnessedLog : IDisposable
{
    private volatile CosignedCheckpoint? _last;

    /// <summary>Requests about one log are judged one after the other.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>What lasts and may be shown; null when nothing was ever cosigned.</summary>
    public CosignedCheckpoint? Last
    {
        get => _last;
        set => _last = value;
    }

    /// <summary>
    /// Whether a write failed since: then the file, and not <see cref="Last"/>, says what was cosigned. Owned
    /// by the holder of the turn.
    /// </summary>
    public bool IsUncertain { get; set; }

    public void Dispose() => Turn.Dispose();
}
