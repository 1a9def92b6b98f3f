using System.Runtime.InteropServices;
using System.Threading.Channels;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// The second stage: has durable rounds signed by the enclave, puts the operator's signature beside, and
/// completes the callers. One task runs it; it alone appends to trees of open chains. An answer that was
/// lost is asked for again, in the very same words.
/// </summary>
internal sealed class Publisher(
    ChannelReader<Round> committed,
    EnclaveLink link,
    ChainOpener opener,
    CheckpointAssembler assembler,
    RideAlong rideAlong,
    Func<CancellationToken, Task> reconnect,
    TimeProvider time,
    CoreMetrics metrics)
{
    /// <summary>Runs until the committer ends.</summary>
    /// <exception cref="EnclaveFencedException">When a newer gateway holds the write role.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (await committed.WaitToReadAsync(cancellation))
        {
            var appends = TakeAppends();
            try
            {
                await PublishAsync(appends, cancellation);
                // With nothing to ride along with, checkpoints are written by themselves, without a sync.
                if (!committed.TryPeek(out _))
                    await rideAlong.WriteAsync(new LedgerBatch(), sync: false);
            }
            catch
            {
                appends.ForEach(append => append.Abandon("The sequencer stopped before the enclave answered."));
                throw;
            }
        }
    }

    /// <summary>Takes what is durable now, as far as it fits one frame, one append for each chain.</summary>
    internal List<ChainAppend> TakeAppends()
    {
        var appends = new Dictionary<Chain, ChainAppend>();
        var leaves = 0;
        while (committed.TryPeek(out var round)
               && (leaves == 0 || leaves + round.Entries <= Limits.LeavesPerFrameMax)
               && appends.Count + round.Runs.Count <= Limits.ChainsPerFrameMax
               && committed.TryRead(out round))
        {
            leaves += round.Entries;
            foreach (var run in round.Runs)
            {
                if (!appends.TryGetValue(run.Chain, out var append))
                    appends.Add(run.Chain, append = new ChainAppend(run.Chain, run.FirstIndex));
                append.Submissions.AddRange(run.Submissions);
            }
        }

        return [.. appends.Values];
    }

    /// <summary>Has appends signed and completes their callers.</summary>
    internal async Task PublishAsync(List<ChainAppend> appends, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await ResumeStaleAsync(appends, cancellation);
                var live = appends.FindAll(append => append.Chain.Phase != ChainPhase.Stopped);
                if (live.Count > 0)
                {
                    var request = new AppendRequest(live.ConvertAll(append => append.ToItem()));
                    var reply = await link.SendAsync<AppendReply>(request, cancellation);
                    metrics.EnclaveAnswered(time.GetElapsedTime(started));
                    await AdoptAsync(live, reply, cancellation);
                }

                appends.FindAll(append => append.Chain.Phase == ChainPhase.Stopped).ForEach(append =>
                    append.Abandon($"Chain '{append.Chain.Id}' is stopped: {append.Chain.StopReason}"));
                metrics.Published(appends, time.GetElapsedTime(started));
                return;
            }
            catch (IOException)
            {
                await reconnect(cancellation);
            }
        }
    }

    /// <summary>A new epoch adopts each chain before it appends to it.</summary>
    private async Task ResumeStaleAsync(List<ChainAppend> appends, CancellationToken cancellation)
    {
        foreach (var append in appends)
        {
            if (append.Chain.Phase != ChainPhase.Stopped && append.Chain.Latest!.Epoch != link.Epoch!.Number)
                await opener.AdoptAsync(append.Chain, cancellation);
        }
    }

    private async Task AdoptAsync(List<ChainAppend> appends, AppendReply reply, CancellationToken cancellation)
    {
        if (reply.Results.Count != appends.Count)
        {
            throw new ProtocolException(
                ProtocolError.UnexpectedReply,
                $"{appends.Count} appends were answered by {reply.Results.Count} results.");
        }

        for (var i = 0; i < appends.Count; i++)
            await AdoptAsync(appends[i], reply.Results[i], cancellation);
    }

    private async Task AdoptAsync(ChainAppend append, AppendResult result, CancellationToken cancellation)
    {
        var chain = append.Chain;
        if (result.Refusal is { } refusal)
        {
            chain.Stop($"the enclave refused an append at size {append.FirstIndex} ({refusal.Reason}): "
                + refusal.Detail);
            return;
        }

        var tiles = new List<TileRecord>();
        var tree = chain.Tree!;
        var nodes = result.Nodes is { } bytes ? MemoryMarshal.Cast<byte, Hash>(bytes.Span) : default;
        tree.Append(append.Leaves, nodes, tiles);
        var root = tree.Root(tree.Size);
        if (tree.Size != result.NewSize || root != result.Root)
        {
            chain.Stop($"the ledger has root {root} at size {tree.Size}, the enclave signed {result.Root} at "
                + $"size {result.NewSize}.");
            return;
        }

        var head = new Head(chain.Origin, result.NewSize, result.Root, result.Time, result.Cosignature);
        var checkpoint = await assembler.AssembleAsync(head, link.Epoch!, cancellation);
        chain.Times.Add(checkpoint.Size, checkpoint.Time);
        chain.Latest = checkpoint;
        rideAlong.Add(chain, checkpoint, tiles);
        foreach (var submission in append.Submissions)
        {
            submission.Complete(new SubmitOutcome.Sequenced(new SequencedRange(
                tree, checkpoint, submission.FirstIndex, submission.EntryCount, checkpoint.Time)));
        }
    }
}
