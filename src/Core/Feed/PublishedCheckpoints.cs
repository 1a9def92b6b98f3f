using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Tells whoever follows chains that a checkpoint was published. It lives as long as the sequencer, through
/// every reopening of its ledger.
/// </summary>
public sealed class PublishedCheckpoints
{
    /// <summary>
    /// Raised once a chain has a newer checkpoint of a finality, by the thread that signs or that heard from a
    /// witness: handlers return at once and throw nothing. A witnessed checkpoint of the same size may be newer
    /// by one more cosignature.
    /// </summary>
    public event Action<ChainId, Finality>? Published;

    internal void Raise(ChainId chain, Finality finality) => Published?.Invoke(chain, finality);
}
