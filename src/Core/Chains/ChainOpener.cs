using System.Runtime.InteropServices;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Brings a chain to where ledger and enclave agree: loads it, creates or resumes it in the enclave, and
/// has the entries signed that were durable but not yet covered by a checkpoint.
/// </summary>
internal sealed class ChainOpener(
    ILedger ledger, EnclaveLink link, CheckpointAssembler assembler, RideAlong rideAlong)
{
    private const int TailLeavesMax = 32_768;

    /// <summary>Loads what the ledger has, without the enclave. The chain must have its record.</summary>
    public void Load(Chain chain)
    {
        var number = chain.Record!.Number;
        var latest = ledger.LatestCheckpoint(number);
        chain.Latest = latest is null ? null : SignedCheckpoint.Of(latest);
        chain.Tree = ChainTree.Load(ledger, number, latest?.Size ?? 0);
        if (latest is not null && chain.Tree.Root(latest.Size) != latest.Root)
        {
            throw new LedgerException(LedgerError.Corrupt,
                $"The entries of chain '{chain.Id}' do not have the root of its checkpoint of size {latest.Size}.");
        }
    }

    /// <summary>Opens a loaded chain with the enclave.</summary>
    /// <exception cref="IOException">When the enclave went away: try again.</exception>
    /// <exception cref="LedgerException">When records are damaged or missing.</exception>
    public async Task OpenAsync(Chain chain, CancellationToken cancellation)
    {
        var count = ledger.EntryCount(chain.Record!.Number);
        var held = await link.SendAsync<HeadsReply>(new HeadsRequest([chain.Origin]), cancellation);
        // A chain taken up without its record has lost the answer before that was durable: it is asked again.
        var isRecorded = ledger.ChainEpochs(chain.Record.Number) is [.., var last] && last.Epoch == link.Epoch!.Number;
        if (held.Heads is [var head] && isRecorded)
            await MeetAsync(chain, head, count, cancellation);
        else
            await AdoptAsync(chain, cancellation);
        await SignTailAsync(chain, count, cancellation);
        chain.NextIndex = count;
    }

    /// <summary>Creates the chain in the enclave, or has the enclave resume it from its last checkpoint.</summary>
    public async Task AdoptAsync(Chain chain, CancellationToken cancellation)
    {
        var epoch = link.Epoch!;
        var prior = chain.Latest;
        EnclaveRequest request = prior is null || prior.Size == 0
            ? new CreateRequest(chain.Origin)
            : Resume(chain, prior);
        OpenReply reply;
        try
        {
            reply = await link.SendAsync<OpenReply>(request, cancellation);
        }
        catch (EnclaveRefusedException exception)
            when (exception.Refusal.Reason == EnclaveRefusalReason.AlreadyHeld)
        {
            // The answer to an earlier attempt was lost.
            var held = await link.SendAsync<HeadsReply>(new HeadsRequest([chain.Origin]), cancellation);
            reply = new OpenReply(held.Heads[0]);
        }
        catch (EnclaveRefusedException exception)
        {
            chain.Stop($"the enclave refused to take it up ({exception.Refusal.Reason}): "
                + exception.Refusal.Detail);
            return;
        }

        var checkpoint = await assembler.AssembleAsync(reply.Head, epoch, cancellation);
        await RecordAsync(chain, checkpoint, epoch, HandoverNote(chain, prior, reply, epoch));
        chain.Latest = checkpoint;
    }

    private ResumeRequest Resume(Chain chain, SignedCheckpoint prior)
    {
        var document = ledger.FindEpoch(prior.Epoch)!.Document;
        return new ResumeRequest(
            chain.Origin,
            new Checkpoint(chain.Origin, prior.Size, prior.Root).ToNoteText(),
            prior.Time,
            prior.Cosignature,
            document,
            chain.Tree!.CompactRange(prior.Size));
    }

    private string? HandoverNote(Chain chain, SignedCheckpoint? prior, OpenReply reply, EnclaveEpoch epoch)
    {
        if (reply.Head.Handover is not { } signature || prior is null)
            return null;
        var priorKey = ledger.FindEpoch(prior.Epoch)!.CosignerKey;
        var handover = new Handover(
            new Checkpoint(chain.Origin, prior.Size, prior.Root),
            VerifierKey.Parse(priorKey), epoch.Cosigner, reply.Head.Time);
        var signer = VerifierKey.Create(
            epoch.Cosigner.Name, SignatureType.Ed25519, epoch.Cosigner.PublicKey.Span);
        return handover.ToNoteText() + "\n" + NoteSignature.Ed25519(signer, signature.Span).ToLine();
    }

    private async Task RecordAsync(
        Chain chain, SignedCheckpoint checkpoint, EnclaveEpoch epoch, string? handover)
    {
        var batch = new LedgerBatch();
        var number = chain.Record!.Number;
        batch.Checkpoints.Add(checkpoint.ToRecord(number));
        batch.ChainEpochs.Add(new ChainEpochRecord(number, checkpoint.Size, epoch.Number, handover));
        await rideAlong.WriteAsync(batch, sync: true);
    }

    /// <summary>The enclave holds the chain: it may be ahead of the last checkpoint in the ledger.</summary>
    private async Task MeetAsync(Chain chain, Head head, ulong count, CancellationToken cancellation)
    {
        var size = chain.Tree!.Size;
        if (head.Size < size || head.Size > count)
        {
            chain.Stop(head.Size < size
                ? $"the ledger has a checkpoint of size {size}, but the enclave signed only {head.Size}."
                : $"the enclave signed {head.Size} entries, but the ledger has only {count}: it lost entries, "
                  + "or is an older copy.");
            return;
        }

        var tiles = new List<TileRecord>();
        foreach (var leaves in ReadLeaves(chain, size, head.Size - size))
            chain.Tree.Append(leaves, nodes: default, tiles);
        if (chain.Tree.Root(head.Size) != head.Root)
        {
            chain.Stop($"the ledger has root {chain.Tree.Root(head.Size)} at size {head.Size}, the enclave "
                + $"signed {head.Root}.");
            return;
        }

        Publish(chain, await assembler.AssembleAsync(head, link.Epoch!, cancellation), tiles);
    }

    private async Task SignTailAsync(Chain chain, ulong count, CancellationToken cancellation)
    {
        foreach (var leaves in ReadLeaves(chain, chain.Tree!.Size, count - Math.Min(count, chain.Tree.Size)))
        {
            if (chain.Phase == ChainPhase.Stopped)
                return;
            var item = new AppendItem(
                chain.Origin, chain.Tree.Size, MemoryMarshal.AsBytes(leaves.AsSpan()).ToArray(), WantNodes: false);
            var reply = await link.SendAsync<AppendReply>(new AppendRequest([item]), cancellation);
            var result = reply.Results[0];
            if (result.Refusal is { } refusal)
            {
                chain.Stop($"the enclave refused the tail at size {item.ExpectedSize} ({refusal.Reason}): "
                    + refusal.Detail);
                return;
            }

            var tiles = new List<TileRecord>();
            chain.Tree.Append(leaves, nodes: default, tiles);
            if (chain.Tree.Root(result.NewSize) != result.Root)
            {
                chain.Stop($"ledger and enclave disagree on the root of size {result.NewSize}.");
                return;
            }

            var head = new Head(chain.Origin, result.NewSize, result.Root, result.Time, result.Cosignature);
            Publish(chain, await assembler.AssembleAsync(head, link.Epoch!, cancellation), tiles);
        }
    }

    private void Publish(Chain chain, SignedCheckpoint checkpoint, List<TileRecord> tiles)
    {
        chain.Times.Add(checkpoint.Size, checkpoint.Time);
        chain.Latest = checkpoint;
        rideAlong.Add(chain, checkpoint, tiles);
    }

    private IEnumerable<Hash[]> ReadLeaves(Chain chain, ulong first, ulong count) =>
        ledger.ReadEntries(chain.Record!.Number, first, count)
            .Select(entry => MerkleHash.Leaf(entry.Span))
            .Chunk(TailLeavesMax);
}
