using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>What shows a follower that the entries it has are the beginning of the signed log.</summary>
/// <param name="Size">How many entries those are.</param>
/// <param name="Checkpoint">The newest checkpoint; it covers at least as many.</param>
/// <param name="Consistency">The consistency proof between the two sizes (RFC 6962, section 2.1.2); empty
/// between equal ones.</param>
public sealed record FeedProof(ulong Size, FeedCheckpoint Checkpoint, IReadOnlyList<Hash> Consistency);
