using System.Collections.Concurrent;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>
/// A way to the enclave that keeps back the seal requests of some chains, and can lose the answer to one. It
/// runs until the enclave is rebooted or the core is stopped, like the plain one.
/// </summary>
internal sealed class LossyWay(IEnclaveTransport way) : IEnclaveTransport
{
    private readonly ConcurrentDictionary<string, (TaskCompletionSource Arrived, Func<Task> PassOn)> _kept = [];
    private readonly TaskCompletionSource _answerLost =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _loses;

    /// <summary>Keeps back the next seal request of a chain; the task ends when there is one.</summary>
    public Task KeepSeal(ChainId chain)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _kept[Origin.For(EnclaveFixture.LogPrefix, chain)] = (arrived, () => Task.CompletedTask);
        return arrived.Task;
    }

    /// <summary>Passes on a request that was kept back, and loses every answer from then on; ends when the
    /// enclave has given one.</summary>
    public async Task PassOnAndLoseAnswersAsync(ChainId chain)
    {
        _loses = true;
        await _kept[Origin.For(EnclaveFixture.LogPrefix, chain)].PassOn();
        await _answerLost.Task;
    }

    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var stream = await way.ConnectAsync(cancellation);
        // What the core connects after its enclave was lost is whole again.
        return _loses ? stream : new Tapped(this, stream);
    }

    private bool Keeps(ReadOnlyMemory<byte> frame, Func<Task> passOn)
    {
        if (RequestCodec.Decode(frame[4..]).Request is not SealRequest seal
            || !_kept.TryGetValue(seal.Origin, out var kept))
        {
            return false;
        }

        _kept[seal.Origin] = (kept.Arrived, passOn);
        return kept.Arrived.TrySetResult();
    }

    private sealed class Tapped(LossyWay way, Stream inner) : AsyncStream
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var count = await inner.ReadAsync(buffer, cancellationToken);
                if (!way._loses || count == 0)
                    return count;
                way._answerLost.TrySetResult();
            }
        }

        /// <summary>Each write of a session is one frame.</summary>
        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var frame = buffer.ToArray();
            if (!way.Keeps(frame, async () => await inner.WriteAsync(frame, CancellationToken.None)))
                await inner.WriteAsync(frame, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
