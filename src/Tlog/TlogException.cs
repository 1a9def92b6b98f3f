namespace Sequencer.Tlog;

/// <summary>Something was refused: what, what was expected instead, and a stable reason.</summary>
public sealed class TlogException(TlogError reason, string message, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>The kind of refusal, for code; the message is for people.</summary>
    public TlogError Reason { get; } = reason;
}
