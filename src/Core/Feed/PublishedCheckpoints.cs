using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Tells whoever follows chains that a checkpoint was published. It lives as long as the sequencer, through
/// every reopening of its ledger.
/// </summary>
public sealed class PublishedCheckpoints
{
    /// <summary>
    /// Raised once a chain has a newer checkpoint, by the thread that signs: handlers return at once and
    /// throw nothing.
    /// </summary>
    public event Action<ChainId>? Published;

    internal void Raise(ChainId chain) => Published?.Invoke(chain);
}
