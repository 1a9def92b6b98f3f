using Microsoft.Extensions.Logging;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Brings a loaded chain to where ledger and enclave agree. The steps, in their order: the enclave creates or
/// resumes the chain, unless it holds it; the ledger follows the enclave's head; a proposal that was not seen
/// sealed is sealed; the entries that no checkpoint covers yet are signed. Whatever a crash or a lost answer
/// left, the same steps go on from there.
/// </summary>
internal sealed class ChainOpener(
    ILedger ledger, CheckpointAssembler assembler, RideAlong rideAlong, WitnessedOpening? witnesses,
    Sealing sealing, ChainSigner signer, ILogger logger)
{
    private const int TailLeavesMax = 32_768;

    private uint _epochBehind;

    /// <summary>Opens a loaded chain with the enclave; afterwards it is stopped, or all of it is signed.</summary>
    /// <exception cref="IOException">When the enclave went away: try again.</exception>
    /// <exception cref="LedgerException">When records are damaged or missing.</exception>
    /// <exception cref="ChainHeldException">When the enclave demands witnesses that cannot be had, or its clock is
    /// behind the chain's: try again.</exception>
    public async Task OpenAsync(Chain chain, EnclaveConnection enclave, CancellationToken cancellation)
    {
        var count = ledger.EntryCount(chain.Record!.Number);
        var held = await enclave.SendAsync<HeadsReply>(new HeadsRequest([chain.Origin]), cancellation);
        if (held.Heads is not [var head])
            await CreateOrResumeAsync(chain, enclave, cancellation);
        else
            await FollowHeadAsync(chain, head, "", count, enclave.Epoch, cancellation);
        if (held.Heads is [{ Proposal: { } proposal }])
            await SealAsync(chain, proposal, count, enclave, cancellation);
        await SignTailAsync(chain, count, enclave, cancellation);
        chain.NextIndex = count;
    }

    /// <summary>Has the enclave create the chain, or resume it from its last checkpoint; a chain that it
    /// refuses is stopped.</summary>
    /// <exception cref="IOException">When the enclave went away: try again.</exception>
    /// <exception cref="LedgerException">When records are damaged or missing.</exception>
    /// <exception cref="ChainHeldException">When the enclave demands witnesses that cannot be had, or its clock is
    /// behind the chain's: try again.</exception>
    public async Task CreateOrResumeAsync(
        Chain chain, EnclaveConnection enclave, CancellationToken cancellation)
    {
        Head head;
        var lines = "";
        try
        {
            (head, lines) = await RequestAsync(chain, enclave, cancellation);
        }
        catch (EnclaveRefusedException exception)
            when (exception.Refusal.Reason == EnclaveRefusalReason.AlreadyHeld)
        {
            // The answer to an earlier attempt was lost.
            head = (await enclave.SendAsync<HeadsReply>(new HeadsRequest([chain.Origin]), cancellation)).Heads[0];
        }
        catch (EnclaveRefusedException exception) when (exception.Refusal.Reason
            is EnclaveRefusalReason.OpenNotBegun or EnclaveRefusalReason.WitnessQuorumMissing
            or EnclaveRefusalReason.WitnessCosignatureStale)
        {
            throw new WitnessesUnavailableException(
                $"The enclave did not take the witnesses' cosignatures: {exception.Refusal.Detail}");
        }
        catch (EnclaveRefusedException exception)
            when (exception.Refusal.Reason == EnclaveRefusalReason.ResumeTime)
        {
            throw BehindItsChains(enclave.Epoch, exception.Refusal.Detail);
        }
        catch (OlderLedgerException exception)
        {
            chain.Stop(exception.Message);
            return;
        }
        catch (EnclaveRefusedException exception)
        {
            chain.Stop($"the enclave refused to take it up ({exception.Refusal.Reason}): "
                + exception.Refusal.Detail);
            return;
        }

        await FollowHeadAsync(
            chain, head, lines, ledger.EntryCount(chain.Record!.Number), enclave.Epoch, cancellation);
    }

    /// <summary>The enclave's clock is behind a chain's last time, which heals with time; told once an epoch.</summary>
    private ChainHeldException BehindItsChains(EnclaveEpoch epoch, string detail)
    {
        if (Interlocked.Exchange(ref _epochBehind, epoch.Number) != epoch.Number)
            SequencerCore.LogEnclaveClockBehind(logger, detail);
        return new ChainHeldException(Refusal.Soon(RefusalCode.EnclaveUnavailable,
            $"The enclave takes the chain up once its clock has come as far: {detail}"));
    }

    /// <summary>Goes on from what the enclave holds, in an epoch that the chain knows or a new one.</summary>
    private async Task FollowHeadAsync(
        Chain chain, Head head, string witnessLines, ulong count, EnclaveEpoch epoch, CancellationToken cancellation)
    {
        try
        {
            if (chain.Latest?.Epoch == epoch.Number)
                await FollowKnownEpochAsync(chain, head, count, epoch, cancellation);
            else
                await RecordNewEpochAsync(chain, head, witnessLines, count, epoch, cancellation);
        }
        catch (OlderLedgerException exception)
        {
            chain.Stop(exception.Message);
        }
    }

    /// <summary>Asks the enclave to create or resume, with the quorum that it demands; gives its lines
    /// too.</summary>
    private async Task<(Head Head, string WitnessLines)> RequestAsync(
        Chain chain, EnclaveConnection enclave, CancellationToken cancellation)
    {
        var proposal = CatchUpToProposal(chain);
        var lines = "";
        if (enclave.Epoch.Witnesses is not null)
        {
            var start = proposal is null ? chain.Latest : await AssembleAsync(chain, proposal, cancellation);
            // A live chain's last checkpoint may still wait in memory.
            await rideAlong.SyncAsync();
            lines = await witnesses!.GatherAsync(chain, enclave, start, cancellation);
        }

        EnclaveRequest request = chain.Latest is { } prior
            ? Resume(chain, prior, proposal, lines)
            : new CreateRequest(chain.Origin, lines);
        return ((await enclave.SendAsync<OpenReply>(request, cancellation)).Head, lines);
    }

    /// <summary>
    /// The checkpoint of this size under the prior epoch's signature, which witnesses that check enclaves
    /// already know; null if that epoch signed no such size.
    /// </summary>
    private async ValueTask<SignedCheckpoint?> OfPriorEpochAsync(
        Chain chain, ulong size, CancellationToken cancellation)
    {
        if (chain.Latest?.Size == size)
            return chain.Latest;
        return CatchUpToProposal(chain) is { } proposal && proposal.Size == size
            ? await AssembleAsync(chain, proposal, cancellation)
            : null;
    }

    private ValueTask<SignedCheckpoint> AssembleAsync(
        Chain chain, ProposalRecord proposal, CancellationToken cancellation) =>
        assembler.AssembleAsync(
            chain.Origin, new Proposal(proposal.Size, proposal.Root, proposal.Signature),
            VerifierKey.Parse(EpochOf(chain.Latest!).CosignerKey), cancellation);

    /// <summary>
    /// Brings the tree to what the prior epoch proposed and did not seal: witnesses may have cosigned it, and
    /// then cosign nothing smaller, so the chain goes on from there. Null where there is no such proposal.
    /// </summary>
    /// <exception cref="LedgerException">When its entries are missing, or others.</exception>
    private ProposalRecord? CatchUpToProposal(Chain chain)
    {
        if (chain.Latest is not { } prior || chain.Proposal is not { } proposal
            || proposal.Size <= prior.Size || proposal.Epoch != prior.Epoch)
        {
            return null;
        }

        Extend(chain, proposal.Size);
        return chain.Tree!.Size >= proposal.Size && chain.Tree.Root(proposal.Size) == proposal.Root
            ? proposal
            : throw new LedgerException(LedgerError.Corrupt,
                $"The entries of chain '{chain.Id}' do not have the root of its proposal of size {proposal.Size}.");
    }

    /// <summary>The enclave holds a proposal that a gateway did not see sealed.</summary>
    private async Task SealAsync(
        Chain chain, Proposal proposal, ulong count, EnclaveConnection enclave, CancellationToken cancellation)
    {
        if (chain.Phase == ChainPhase.Stopped)
            return;
        if (proposal.Size > count)
        {
            chain.Stop($"the enclave proposed {proposal.Size} entries, but the ledger has only {count}: it lost "
                + "entries, or is an older copy.");
            return;
        }

        Extend(chain, proposal.Size);
        if (chain.Tree!.Root(proposal.Size) == proposal.Root)
            await sealing.SealAsync(chain, proposal, enclave, cancellation);
        else
            chain.Stop($"the ledger has another root at size {proposal.Size} than the enclave proposed.");
    }

    private void Extend(Chain chain, ulong size)
    {
        foreach (var leaves in ReadLeaves(chain, chain.Tree!.Size, size))
            chain.Tree.Append(leaves, nodes: default);
    }

    private ResumeRequest Resume(
        Chain chain, SignedCheckpoint prior, ProposalRecord? proposal, string lines) => new(
        chain.Origin,
        new Checkpoint(chain.Origin, prior.Size, prior.Root).ToNoteText(),
        prior.Time,
        prior.Cosignature,
        EpochOf(prior).Document,
        chain.Tree!.CompactRange(proposal?.Size ?? prior.Size),
        proposal is null
            ? null
            : new PriorProposal(
                new Checkpoint(chain.Origin, proposal.Size, proposal.Root).ToNoteText(), proposal.Signature),
        lines);

    /// <summary>
    /// Records durably that a new epoch has the chain, with its handover, before it signs anything else of
    /// it. The head may be ahead of the checkpoint known here: a gateway that crashed asked for it.
    /// </summary>
    private async Task RecordNewEpochAsync(
        Chain chain, Head head, string witnessLines, ulong count, EnclaveEpoch epoch,
        CancellationToken cancellation)
    {
        if (chain.Latest is null ? head.Size != 0 : head.Handover is null)
        {
            chain.Stop($"the enclave signed {head.Size} entries in an epoch of which the ledger knows nothing: "
                + "the ledger is an older copy, or another gateway wrote here.");
            return;
        }

        if (!TryCatchUp(chain, head, count) || !TryNoteHandover(chain, head, epoch, out var handover))
            return;
        if (witnessLines.Length == 0)
        {
            witnessLines = await sealing.WitnessAsync(
                chain, head, epoch, await OfPriorEpochAsync(chain, head.Size, cancellation), cancellation);
        }

        var checkpoint = await assembler.AssembleAsync(head, epoch, cancellation, witnessLines);
        var number = chain.Record!.Number;
        var batch = new LedgerBatch();
        batch.Checkpoints.Add(checkpoint.ToRecord(number));
        batch.ChainEpochs.Add(new ChainEpochRecord(number, head.Size, epoch.Number, handover));
        batch.Tiles.AddRange(chain.Tree!.TakeCompleted());
        await rideAlong.WriteAsync(batch, sync: true);
        chain.Witnessing?.NoteDurable(checkpoint);
        Publish(chain, checkpoint, witnessLines);
        foreach (var tile in batch.Tiles)
            chain.Tree.Written(tile);
    }

    private void Publish(Chain chain, SignedCheckpoint checkpoint, string witnessLines)
    {
        chain.Publish(checkpoint);
        if (witnessLines.Length > 0)
            sealing.CountQuorum(chain, checkpoint);
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
        try
        {
            note = HandoverNote.Make(handover, signature);
            return true;
        }
        catch (TlogException exception)
        {
            chain.Stop($"the enclave's handover at size {head.Size} is not from the epoch that the ledger has "
                + $"last: {exception.Message}");
            return false;
        }
    }

    /// <summary>The same epoch holds the chain: it may be ahead of the last checkpoint known here.</summary>
    private async Task FollowKnownEpochAsync(
        Chain chain, Head head, ulong count, EnclaveEpoch epoch, CancellationToken cancellation)
    {
        if (!TryCatchUp(chain, head, count) || head.Size == chain.Latest!.Size)
            return;
        var lines = await sealing.WitnessAsync(chain, head, epoch, known: null, cancellation);
        Publish(chain, await assembler.AssembleAsync(head, epoch, cancellation, lines), lines);
        rideAlong.Add(chain);
    }

    /// <summary>Brings the tree to the enclave's head; stops the chain if the ledger cannot follow.</summary>
    private bool TryCatchUp(Chain chain, Head head, ulong count)
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
        Extend(chain, head.Size);
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
            if (!await signer.AppendAsync(chain, chain.Latest.Size, leaves, enclave, cancellation))
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
