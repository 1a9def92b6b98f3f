using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>What a checked token says: whose chain, whether it may append, and until when.</summary>
/// <param name="Chain">The chain of <c>sub</c>; the token speaks for this one alone.</param>
/// <param name="CanWrite">False for a token whose scope limits it to reading.</param>
/// <param name="Expires">First moment at which the token is no longer good, clock skew included.</param>
internal sealed record ChainToken(ChainId Chain, bool CanWrite, DateTimeOffset Expires);
