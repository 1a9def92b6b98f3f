namespace Sequencer.Protocol;

/// <summary>What a peer did that ends the session.</summary>
public enum ProtocolError
{
    /// <summary>A frame announced more than <see cref="Limits.FrameBytesMax"/> bytes, or none.</summary>
    FrameSize,

    /// <summary>The stream ended inside a frame.</summary>
    FrameTruncated,

    /// <summary>A frame did not arrive, or leave, whole within <see cref="Limits.FrameTimeout"/>.</summary>
    FrameTimeout,

    /// <summary>Nothing arrived within <see cref="Limits.IdleTimeout"/>.</summary>
    IdleTimeout,

    /// <summary>A request was not answered within <see cref="Limits.ReplyTimeout"/>.</summary>
    ReplyTimeout,

    /// <summary>A payload is not the CBOR of a message of this protocol.</summary>
    Malformed,

    /// <summary>A count or length inside a message is over its limit.</summary>
    LimitExceeded,

    /// <summary>A reply answers no request, or is of another kind than its request.</summary>
    UnexpectedReply,
}

/// <summary>A peer broke the protocol; the session cannot go on.</summary>
public sealed class ProtocolException(ProtocolError reason, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public ProtocolError Reason { get; } = reason;
}
