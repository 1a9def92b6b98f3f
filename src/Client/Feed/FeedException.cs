namespace Sequencer.Client;

/// <summary>
/// A feed that is not to be believed: the gateway lies, or something between changes what it says. Every
/// entry that was given out before is good.
/// </summary>
public sealed class FeedException : Exception
{
    internal FeedException(FeedError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    public FeedError Error { get; }

    /// <summary>The signed checkpoints that show it, where there are any: evidence to keep.</summary>
    public IReadOnlyList<string> Checkpoints { get; init; } = [];
}
