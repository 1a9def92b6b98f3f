using System.Runtime.CompilerServices;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Follows a chain from any point of its history into what is sequenced meanwhile, and verifies as it goes:
/// an entry is given out once it leads to a root that is signed as demanded. A connection that is lost is
/// made again, without a gap or a repeat. One chain, one user at a time.
/// </summary>
/// <remarks>
/// What it cannot notice is a gateway that withholds the newest entries from everybody: compare the position
/// with checkpoints from elsewhere, such as receipts or witnesses.
/// </remarks>
public sealed class LogFollower
{
    private readonly SequencerClient _client;
    private readonly ChainId _chain;
    private readonly CheckpointTrust _trust;
    private readonly FeedOptions _options;
    private VerifiedEntries _current = new(new CompactRange(), [], []);
    private int _given;

    /// <param name="client">Reaches the gateway; its token, if any, must be for the chain.</param>
    /// <param name="enclaves">The images and the root that are accepted.</param>
    /// <param name="policy">The log's key and the witnesses that are demanded; null takes the key that the
    /// gateway names, and demands none.</param>
    /// <param name="options">Limits and pauses; null for the defaults.</param>
    public LogFollower(
        SequencerClient client, ChainId chain, EnclaveVerifier enclaves, TlogPolicy? policy = null,
        FeedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(enclaves);
        (_client, _chain, _options) = (client, chain, options ?? new());
        _trust = new CheckpointTrust(client, chain, enclaves, policy);
    }

    /// <summary>Whether the beginning is known; until then <see cref="Position"/> is the chain's.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Where to go on: behind the last entry that was given out.</summary>
    public FeedPosition Position => new(_current.After(_given));

    /// <summary>
    /// The same before entries that were given out and not used. It reaches back to the first entry that the
    /// newest checkpoint verified: ask before the next entry is asked for.
    /// </summary>
    /// <param name="next">Index of the entry to go on at.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// When it is beyond what was given out, or before what the newest checkpoint verified.
    /// </exception>
    public FeedPosition PositionAt(ulong next)
    {
        var first = _current.Before.Size;
        ArgumentOutOfRangeException.ThrowIfLessThan(next, first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(next, first + (ulong)_given);
        return new(_current.After((int)(next - first)));
    }

    /// <summary>
    /// Follows from where one stopped: any other history than the one seen before is noticed.
    /// </summary>
    /// <exception cref="FeedException">When the feed is not to be believed.</exception>
    /// <exception cref="SequencerClientException">When it was refused, or stays away too long.</exception>
    public IAsyncEnumerable<FeedEntry> FollowAsync(
        FeedPosition position, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(position);
        return RunAsync(position.Range, position.Next, cancellation);
    }

    /// <summary>Follows from an index on.</summary>
    /// <inheritdoc cref="FollowAsync(FeedPosition, CancellationToken)" path="/exception"/>
    public async IAsyncEnumerable<FeedEntry> FollowAsync(
        ulong from = 0, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var begin = from == 0
            ? new CompactRange()
            : await ReadEdgeAsync(from, cancellation).ConfigureAwait(false);
        await foreach (var entry in RunAsync(begin, from, cancellation).ConfigureAwait(false))
            yield return entry;
    }

    /// <summary>Follows what is sequenced from now on.</summary>
    /// <inheritdoc cref="FollowAsync(FeedPosition, CancellationToken)" path="/exception"/>
    public async IAsyncEnumerable<FeedEntry> FollowNextAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var begin = await ReadEdgeAsync(CompactRange.MaxSize, cancellation).ConfigureAwait(false);
        await foreach (var entry in RunAsync(begin, begin.Size, cancellation).ConfigureAwait(false))
            yield return entry;
    }

    /// <summary>The tree before an index, or of the whole chain when it is not that long.</summary>
    private async Task<CompactRange> ReadEdgeAsync(ulong from, CancellationToken cancellation)
    {
        var log = _client.ReadLog(_chain);
        var note = await FindCheckpointAsync(log, cancellation).ConfigureAwait(false)
            ?? throw await NoEntryAsync(cancellation).ConfigureAwait(false);
        var (newest, _) = await _trust.VerifyAsync(note, cancellation).ConfigureAwait(false);
        var edge = await TreeEdge.ReadAsync(log, Math.Min(from, newest.Size), cancellation)
            .ConfigureAwait(false);
        return edge.Size < newest.Size || edge.Root() == newest.Root
            ? edge
            : throw new FeedException(FeedError.RootMismatch,
                $"The tiles do not lead to the signed root of size {newest.Size}: one of them was changed.")
            {
                Checkpoints = [note],
            };
    }

    /// <summary>
    /// The newest checkpoint that may carry what is demanded: the newest of all, where no quorum is.
    /// </summary>
    private async Task<string?> FindCheckpointAsync(LogReader log, CancellationToken cancellation)
    {
        var latest = _trust.DemandsWitnesses
            ? null
            : await log.FindLatestCheckpointAsync(cancellation).ConfigureAwait(false);
        return latest ?? await log.FindCheckpointAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Why there is no checkpoint, if it is a gateway that has none: the answer on epochs tells.</summary>
    private async Task<SequencerClientException> NoEntryAsync(CancellationToken cancellation)
    {
        await _client.FindEpochsAsync(_chain, cancellation).ConfigureAwait(false);
        return new(SequencerClientError.Refused, $"The gateway has no chain {_chain}: it has no entry yet.");
    }

    private async IAsyncEnumerable<FeedEntry> RunAsync(
        CompactRange begin, ulong from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        (_current, _given) = (new VerifiedEntries(begin.Clone(), [], []), 0);
        HasBegun = true;
        await using var source = new FeedSource(
            _client, _chain, new FeedCheck(begin, _trust, _options), _options, _trust.DemandsWitnesses);
        while (true)
        {
            (_current, _given) = (await source.ReadAsync(cancellation).ConfigureAwait(false), 0);
            foreach (var entry in _current.Entries)
            {
                _given++;
                if (entry.Index >= from)
                    yield return entry;
            }
        }
    }
}
