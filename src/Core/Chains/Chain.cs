using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>Where a chain stands in this process.</summary>
internal enum ChainPhase
{
    /// <summary>Known, but not yet opened with the enclave.</summary>
    Closed,

    /// <summary>Being created, resumed or caught up.</summary>
    Opening,

    /// <summary>Takes transactions.</summary>
    Open,

    /// <summary>Enclave and ledger disagree, or a record is damaged: takes no more.</summary>
    Stopped,
}

/// <summary>
/// One chain in this process. Who owns what: the committer owns <see cref="NextIndex"/>; the publisher (or,
/// before the chain is open, its opener) sets <see cref="Latest"/> and appends to the tree; the queue has
/// its own lock; everyone may read.
/// </summary>
internal sealed class Chain(ChainId id, string origin, ChainLimits limits, TimeProvider time)
{
    private volatile SignedCheckpoint? _latest;
    private volatile ChainTree? _tree;
    private string? _stopReason;
    private volatile Refusal? _hold;
    private int _phase;

    public ChainId Id { get; } = id;

    public string Origin { get; } = origin;

    public ChainLimits Limits { get; } = limits;

    /// <summary>The chain's transactions and bytes per second.</summary>
    public ChainQuota Quota { get; } = new(limits, time);

    /// <summary>Transactions that wait for the committer.</summary>
    public ChainQueue Queue { get; } = new(limits);

    /// <summary>The ledger's record; set when the chain is loaded.</summary>
    public ChainRecord? Record { get; set; }

    /// <summary>The first part of <see cref="Opening"/>, which reads the ledger alone; faults as that ends.</summary>
    public Task Loading { get; set; } = Task.CompletedTask;

    /// <summary>The opening under way or the last one; set by whoever claimed it.</summary>
    public Task Opening { get; set; } = Task.CompletedTask;

    /// <summary>Told of every checkpoint that is published.</summary>
    public PublishedCheckpoints? Published { get; init; }

    /// <summary>Told when the chain stops.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Index of the next entry to be written ahead.</summary>
    public ulong NextIndex { get; set; }

    /// <summary>The tree; null until the chain is loaded.</summary>
    public ChainTree? Tree
    {
        get => _tree;
        set => _tree = value;
    }

    /// <summary>The newest checkpoint; null until there is one. The tree has at least its size.</summary>
    public SignedCheckpoint? Latest
    {
        get => _latest;
        set => _latest = value;
    }

    /// <summary>Times of the sizes that were cosigned last.</summary>
    public RecentTimes Times { get; } = new();

    /// <summary>The last proposal of a chain of witnessed finality; set, as <see cref="Latest"/>, by whoever
    /// signs for the chain, once it is durable.</summary>
    public ProposalRecord? Proposal { get; set; }

    /// <summary>What submissions are refused with at the moment: the enclave's quorum of witnesses is missing, or its
    /// clock is behind. Null when they are not.</summary>
    public Refusal? Hold
    {
        get => _hold;
        set => _hold = value;
    }

    /// <summary>Where it stands with the witnesses; null when none are configured.</summary>
    public ChainWitnessing? Witnessing { get; init; }

    /// <summary>Why the chain is stopped, or null.</summary>
    public string? StopReason => Volatile.Read(ref _stopReason);

    /// <summary>What a submission to the stopped chain is refused with. Waiting does not help.</summary>
    public Refusal WhyStopped => new(RefusalCode.ChainStopped, $"Chain '{Id}' is stopped: {StopReason}");

    public ChainPhase Phase => (ChainPhase)Volatile.Read(ref _phase);

    /// <summary>Time of the first cosignature that covers an entry, in seconds since 1970.</summary>
    public ulong CreatedAt(ulong index, ILedger ledger) =>
        Times.TimeOfSize(index + 1) ?? ledger.TimeOfEntry(Record!.Number, index) ?? Latest!.Time;

    /// <summary>The request to append leaves, with the index of the first.</summary>
    public AppendItem ToItem(ulong first, Hash[] leaves) =>
        new(Origin, first, MemoryMarshal.AsBytes(leaves.AsSpan()).ToArray(), WantNodes: true);

    /// <summary>Makes a checkpoint the newest.</summary>
    public void Publish(SignedCheckpoint checkpoint)
    {
        Times.Add(checkpoint.Size, checkpoint.Time);
        Latest = checkpoint;
        Published?.Raise(Id, Finality.Enclave);
    }

    /// <summary>Tells that <see cref="Witnessing"/> has a newer witnessed checkpoint.</summary>
    public void TellWitnessed() => Published?.Raise(Id, Finality.Witnessed);

    /// <summary>
    /// Follows an append that the enclave answered: appends the leaves to the tree, unless an attempt that
    /// was cut short did, and publishes the checkpoint, unless the enclave refused or signed another root:
    /// then the chain is stopped.
    /// </summary>
    /// <returns>Whether the chain goes on.</returns>
    public async ValueTask<bool> FollowAsync(
        Hash[] leaves, AppendResult result, EnclaveEpoch epoch, CheckpointAssembler assembler,
        CancellationToken cancellation)
    {
        if (!TryExtend(leaves, result))
            return false;
        var head = new Head(Origin, result.NewSize, result.Root, result.Time, result.Cosignature);
        Publish(await assembler.AssembleAsync(head, epoch, cancellation));
        return true;
    }

    /// <summary>Brings the tree to where the enclave's answer is, or stops the chain.</summary>
    public bool TryExtend(Hash[] leaves, AppendResult result)
    {
        var first = Latest!.Size;
        if (result.Refusal is { } refusal)
        {
            Stop($"the enclave refused an append at size {first} ({refusal.Reason}): {refusal.Detail}");
            return false;
        }

        var tree = Tree!;
        var done = (int)(tree.Size - first);
        var nodes = result.Nodes is { } bytes && done == 0 ? MemoryMarshal.Cast<byte, Hash>(bytes.Span) : default;
        if (done < leaves.Length)
            tree.Append(leaves.AsSpan(done), nodes);
        var size = first + (ulong)leaves.Length;
        var root = tree.Root(size);
        if (size == result.NewSize && root == result.Root)
            return true;
        Stop($"the ledger has root {root} at size {size}, the enclave signed {result.Root} at size "
            + $"{result.NewSize}.");
        return false;
    }

    /// <summary>Claims the opening; false when somebody else did, or it is open or stopped.</summary>
    public bool TryBeginOpening() =>
        Interlocked.CompareExchange(ref _phase, (int)ChainPhase.Opening, (int)ChainPhase.Closed)
        == (int)ChainPhase.Closed;

    /// <summary>Ends the opening; a chain that was stopped meanwhile stays stopped.</summary>
    public void EndOpening(bool opened) =>
        Interlocked.CompareExchange(
            ref _phase, (int)(opened ? ChainPhase.Open : ChainPhase.Closed), (int)ChainPhase.Opening);

    /// <summary>Damage that a read met stops an open chain. One that is not open yet, and may have more to serve
    /// than it shows, is left to its opening and to later reads.</summary>
    public void StopIfDamaged(LedgerException failure)
    {
        if (failure.Reason == LedgerError.Corrupt && Phase == ChainPhase.Open)
            Stop(failure.Message);
    }

    /// <summary>Stops the chain for good; the first reason stays, and is logged.</summary>
    public void Stop(string reason)
    {
        var isFirst = Interlocked.CompareExchange(ref _stopReason, reason, null) is null;
        Volatile.Write(ref _phase, (int)ChainPhase.Stopped);
        if (isFirst)
            SequencerCore.LogChainStopped(Logger, Id.Value, reason);
    }
}
