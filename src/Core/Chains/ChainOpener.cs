using System.Runtime.InteropServices;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Brings a chain to where ledger and enclave agree: loads it, has the enclave take it up, and has the
/// entries signed that were durable but not yet covered by a checkpoint. Whatever a crash or a lost answer
/// left, the same steps go on from there.
/// </summary>
internal sealed class ChainOpener(ILedger ledger, CheckpointAssembler assembler, RideAlong rideAlong)
{
    private const int TailLeavesMax = 32_768;

    /// <summary>Loads what the ledger has, without the enclave. The chain must have its record.</summary>
    /// <exception cref="LedgerException">When records are damaged or missing.</exception>
    public void Load(Chain chain)
    {
        var number = chain.Record!.Number;
        var latest = ledger.LatestCheckpoint(number);
        var tree = ChainTree.Load(ledger, number, latest?.Size ?? 0);
        if (latest is not null && tree.Root(latest.Size) != latest.Root)
        {
            throw new LedgerException(LedgerError.Corrupt,
                $"The entries of chain '{chain.Id}' do not have the root of its checkpoint of size {latest.Size}.");
        }

        chain.Tree = tree;
        chain.Latest = latest is null ? null : SignedCheckpoint.Of(latest);
    }

    /// <summary>Opens a loaded chain with the enclave; afterwards it is stopped, or all of it is signed.</summary>
    /// <exception cref="IOException">When the enclave went away: try again.</exception>
    /// <exception cref="LedgerException">When records are damaged or missing.</exception>
    public async Task OpenAsync(Chain chain, EnclaveConnection enclave, CancellationToken cancellation)
    {
        var count = ledger.EntryCount(chain.Record!.Number);
        var held = await enclave.SendAsync<HeadsReply>(new HeadsRequest([chain.Origin]), cancellation);
        if (held.Heads is not [var head])
            await AdoptAsync(chain, enclave, cancellation);
        else if (chain.Latest?.Epoch == enclave.Epoch.Number)
            await MeetAsync(chain, head, count, enclave.Epoch, cancellation);
        else
            await RecordAsync(chain, head, count, enclave.Epoch, cancellation);
        await SignTailAsync(chain, count, enclave, cancellation);
        chain.NextIndex = count;
    }

    /// <summary>Has the enclave begin the chain, or resume it from its last checkpoint.</summary>
    public async Task AdoptAsync(Chain chain, EnclaveConnection enclave, CancellationToken cancellation)
    {
        EnclaveRequest request = chain.Latest is { } prior ? Resume(chain, prior) : new CreateRequest(chain.Origin);
        Head head;
        try
        {
            head = (await enclave.SendAsync<OpenReply>(request, cancellation)).Head;
        }
        catch (EnclaveRefusedException exception)
            when (exception.Refusal.Reason == EnclaveRefusalReason.AlreadyHeld)
        {
            // The answer to an earlier attempt was lost.
            head = (await enclave.SendAsync<HeadsReply>(new HeadsRequest([chain.Origin]), cancellation)).Heads[0];
        }
        catch (EnclaveRefusedException exception)
        {
            chain.Stop($"the enclave refused to take it up ({exception.Refusal.Reason}): "
                + exception.Refusal.Detail);
            return;
        }

        await RecordAsync(chain, head, ledger.EntryCount(chain.Record!.Number), enclave.Epoch, cancellation);
    }

    private ResumeRequest Resume(Chain chain, SignedCheckpoint prior) => new(
        chain.Origin,
        new Checkpoint(chain.Origin, prior.Size, prior.Root).ToNoteText(),
        prior.Time,
        prior.Cosignature,
        EpochOf(prior).Document,
        chain.Tree!.CompactRange(prior.Size));

    /// <summary>
    /// Records durably that an epoch took the chain up, with its handover, before it signs anything else of
    /// it. The head may be ahead of the checkpoint known here: a gateway that crashed asked for it.
    /// </summary>
    private async Task RecordAsync(
        Chain chain, Head head, ulong count, EnclaveEpoch epoch, CancellationToken cancellation)
    {
        if (chain.Latest is { } known && head.Handover is null || chain.Latest is null && head.Size != 0)
        {
            chain.Stop($"the enclave signed {head.Size} entries in an epoch of which the ledger knows nothing: "
                + "the ledger is an older copy, or another gateway wrote here.");
            return;
        }

        if (!Reach(chain, head, count) || !TryNoteHandover(chain, head, epoch, out var handover))
            return;
        var checkpoint = await assembler.AssembleAsync(head, epoch, cancellation);
        var number = chain.Record!.Number;
        var batch = new LedgerBatch();
        batch.Checkpoints.Add(checkpoint.ToRecord(number));
        batch.ChainEpochs.Add(new ChainEpochRecord(number, head.Size, epoch.Number, handover));
        batch.Tiles.AddRange(chain.Tree!.TakeCompleted());
        await rideAlong.WriteAsync(batch, sync: true);
        chain.Publish(checkpoint);
        foreach (var tile in batch.Tiles)
            chain.Tree.Written(tile);
    }

    /// <summary>The handover's note, null for a new chain; stops the chain if its signature does not hold.</summary>
    private bool TryNoteHandover(Chain chain, Head head, EnclaveEpoch epoch, out string? note)
    {
        note = null;
        if (chain.Latest is not { } prior || head.Handover is not { } signature)
            return true;
        var handover = new Handover(
            new Checkpoint(chain.Origin, head.Size, head.Root),
            VerifierKey.Parse(EpochOf(prior).CosignerKey), epoch.Cosigner, head.Time);
        var signer = VerifierKey.Create(
            epoch.Cosigner.Name, SignatureType.Ed25519, epoch.Cosigner.PublicKey.Span);
        note = handover.ToNoteText() + "\n" + NoteSignature.Ed25519(signer, signature.Span).ToLine();
        try
        {
            SignedNote.Parse(note).Verify([signer]);
            return true;
        }
        catch (TlogException exception)
        {
            chain.Stop($"the enclave's handover at size {head.Size} is not from the epoch that the ledger has "
                + $"last: {exception.Message}");
            return false;
        }
    }

    /// <summary>The enclave holds the chain: it may be ahead of the last checkpoint known here.</summary>
    private async Task MeetAsync(
        Chain chain, Head head, ulong count, EnclaveEpoch epoch, CancellationToken cancellation)
    {
        if (!Reach(chain, head, count) || head.Size == chain.Latest!.Size)
            return;
        chain.Publish(await assembler.AssembleAsync(head, epoch, cancellation));
        rideAlong.Add(chain);
    }

    /// <summary>Brings the tree to the enclave's head; stops the chain if the ledger cannot follow.</summary>
    private bool Reach(Chain chain, Head head, ulong count)
    {
        var size = chain.Latest?.Size ?? 0;
        if (head.Size < size || head.Size > count)
        {
            chain.Stop(head.Size < size
                ? $"the ledger has a checkpoint of size {size}, but the enclave signed only {head.Size}."
                : $"the enclave signed {head.Size} entries, but the ledger has only {count}: it lost entries, "
                  + "or is an older copy.");
            return false;
        }

        var tree = chain.Tree!;
        foreach (var leaves in ReadLeaves(chain, tree.Size, head.Size))
            tree.Append(leaves, nodes: default);
        if (tree.Size >= head.Size && tree.Root(head.Size) == head.Root)
            return true;
        chain.Stop($"the ledger has root {tree.Root(Math.Min(head.Size, tree.Size))} at size {head.Size}, the "
            + $"enclave signed {head.Root}.");
        return false;
    }

    private async Task SignTailAsync(
        Chain chain, ulong count, EnclaveConnection enclave, CancellationToken cancellation)
    {
        if (chain.Phase == ChainPhase.Stopped)
            return;
        foreach (var leaves in ReadLeaves(chain, chain.Latest!.Size, count))
        {
            var item = new AppendItem(
                chain.Origin, chain.Latest.Size, MemoryMarshal.AsBytes(leaves.AsSpan()).ToArray(), WantNodes: false);
            var reply = await enclave.SendAsync<AppendReply>(new AppendRequest([item]), cancellation);
            if (await chain.FollowAsync(leaves, reply.Results[0], enclave.Epoch, assembler, cancellation))
                rideAlong.Add(chain);
            else
                return;
        }

        if (chain.Latest.Size != count)
        {
            throw new LedgerException(LedgerError.Corrupt,
                $"Chain '{chain.Id}' should have {count} entries, but entry {chain.Latest.Size} cannot be read.");
        }
    }

    private EpochRecord EpochOf(SignedCheckpoint checkpoint) => ledger.FindEpoch(checkpoint.Epoch)
        ?? throw new LedgerException(LedgerError.Corrupt, $"The record of epoch {checkpoint.Epoch} is missing.");

    private IEnumerable<Hash[]> ReadLeaves(Chain chain, ulong first, ulong end) =>
        ledger.ReadEntries(chain.Record!.Number, first, end - Math.Min(first, end))
            .Select(entry => MerkleHash.Leaf(entry.Span))
            .Chunk(TailLeavesMax);
}
