using System.Collections.Concurrent;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// Counts the bytes of bodies that have begun to arrive and are not whole yet, in all and for each chain, so
/// that slow senders cannot fill the memory. A body that is whole at the first look is not counted: its entry
/// is next counted by the queue. Safe for concurrent use.
/// </summary>
internal sealed class ArrivingBytes(ServerSettings settings)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ChainId, long> _chains = new();
    private long _total;

    /// <summary>Bytes reserved now, over all chains.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>
    /// Starts to count one body; the caller disposes the lease when the body is whole or given up.
    /// </summary>
    public Lease Begin(ChainId chain) => new(this, chain);

    private Problem? TryReserve(ChainId chain, long bytes)
    {
        if (_chains.AddOrUpdate(chain, bytes, (_, held) => held + bytes) > settings.ChainArrivingMaxBytes)
        {
            ReleaseChain(chain, bytes);
            return new Problem(ProblemCode.ChainArrivingFull,
                $"This chain already has {settings.ChainArrivingMaxBytes} bytes of bodies arriving "
                + "(server.chain_arriving_max_bytes); send fewer at one time.")
            { RetryAfter = Pause };
        }

        if (Interlocked.Add(ref _total, bytes) <= settings.ArrivingMaxBytes)
            return null;
        Interlocked.Add(ref _total, -bytes);
        ReleaseChain(chain, bytes);
        return new Problem(ProblemCode.ArrivingFull,
            $"The service already has {settings.ArrivingMaxBytes} bytes of bodies arriving "
            + "(server.arriving_max_bytes); try again.")
        { RetryAfter = Pause };
    }

    private void Release(ChainId chain, long bytes)
    {
        Interlocked.Add(ref _total, -bytes);
        ReleaseChain(chain, bytes);
    }

    private void ReleaseChain(ChainId chain, long bytes)
    {
        if (_chains.AddOrUpdate(chain, -bytes, (_, held) => held - bytes) == 0)
            _chains.TryRemove(new KeyValuePair<ChainId, long>(chain, 0));
    }

    /// <summary>The reservation of one body, grown as it arrives. Used by one request.</summary>
    internal sealed class Lease(ArrivingBytes owner, ChainId chain) : IDisposable
    {
        private long _held;

        /// <summary>
        /// Reserves up to a total; a problem, and nothing more reserved, when a limit is reached.
        /// </summary>
        public Problem? GrowTo(long bytes)
        {
            if (bytes <= _held)
                return null;
            if (owner.TryReserve(chain, bytes - _held) is { } full)
                return full;
            _held = bytes;
            return null;
        }

        public void Dispose()
        {
            if (_held > 0)
                owner.Release(chain, _held);
            _held = 0;
        }
    }
}
