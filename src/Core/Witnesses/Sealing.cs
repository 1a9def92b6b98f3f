using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Appends to chains of witnessed finality: the enclave proposes, the proposal is made durable, a quorum of
/// witnesses cosigns it, and only then the enclave does. Each step may be done again after a lost answer or a
/// crash, and gives the same.
/// </summary>
internal sealed class Sealing(
    WitnessCoordinator? witnesses, CheckpointAssembler assembler, RideAlong rideAlong)
{
    /// <summary>Follows what the enclave proposes for leaves that it appended, up to the sealed
    /// checkpoint.</summary>
    /// <returns>Whether the chain goes on; else it was stopped.</returns>
    /// <exception cref="IOException">When the enclave went away: try again.</exception>
    /// <exception cref="WitnessesUnavailableException">When there is no quorum at the moment: try again.
    /// </exception>
    public async Task<bool> SealAsync(
        Chain chain, Hash[] leaves, AppendResult result, EnclaveConnection enclave,
        CancellationToken cancellation)
    {
        if (!chain.TryExtend(leaves, result))
            return false;
        if (result.Proposal is not { } signature)
        {
            chain.Stop("the enclave cosigned without a quorum, though it calls the chain one of witnessed finality.");
            return false;
        }

        return await SealAsync(
            chain, new Proposal(result.NewSize, result.Root, signature), enclave, cancellation);
    }

    /// <summary>Has a proposal, whose tree is there, sealed and published.</summary>
    /// <returns>Whether the chain goes on; else it was stopped.</returns>
    public async Task<bool> SealAsync(
        Chain chain, Proposal proposal, EnclaveConnection enclave, CancellationToken cancellation)
    {
        await RecordAsync(chain, proposal, enclave.Epoch);
        var note = await assembler.AssembleAsync(chain.Origin, proposal, enclave.Epoch.Cosigner, cancellation);
        try
        {
            var lines = await witnesses!.DemandAsync(
                chain, note, enclave.Epoch.Witnesses!.Policy, timeMin: 0, cancellation);
            var request = new SealRequest(chain.Origin, proposal.Size, lines);
            var head = (await enclave.SendAsync<SealReply>(request, cancellation)).Head;
            if (head.Size != proposal.Size || head.Root != proposal.Root)
            {
                chain.Stop($"the enclave sealed root {head.Root} at size {head.Size}, but had proposed {proposal.Root} "
                    + $"at size {proposal.Size}.");
                return false;
            }

            Publish(chain, await assembler.AssembleAsync(head, enclave.Epoch, cancellation, lines));
            return true;
        }
        catch (OlderLedgerException exception)
        {
            chain.Stop(exception.Message);
            return false;
        }
        catch (EnclaveRefusedException exception)
            when (exception.Refusal.Reason == EnclaveRefusalReason.WitnessQuorumMissing)
        {
            throw new WitnessesUnavailableException(
                $"The enclave did not take the witnesses' cosignatures: {exception.Refusal.Detail}");
        }
        catch (EnclaveRefusedException exception)
        {
            chain.Stop($"the enclave refused to seal size {proposal.Size} ({exception.Refusal.Reason}): "
                + exception.Refusal.Detail);
            return false;
        }
    }

    /// <summary>
    /// Has a head that was sealed or opened unseen cosigned once more: what a sealed chain shows has its quorum. Its
    /// lines; empty for other chains, and where a proposal is sealed next, since witnesses may have gone on to that.
    /// </summary>
    /// <param name="head">What the enclave holds.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="known">The same text with the signature of an epoch that the ledger has recorded; null to show
    /// this one's.</param>
    /// <exception cref="WitnessesUnavailableException">When there is no quorum at the moment: try again.
    /// </exception>
    /// <exception cref="OlderLedgerException">When too many witnesses have seen more.</exception>
    public async Task<string> WitnessAsync(
        Chain chain, Head head, EnclaveEpoch epoch, SignedCheckpoint? known, CancellationToken cancellation)
    {
        if (epoch.Witnesses is not { } measured || !measured.Seals(chain.Id) || head.Proposal is not null)
            return "";
        var note = known ?? await assembler.AssembleAsync(head, epoch, cancellation);
        return await witnesses!.DemandAsync(chain, note, measured.Policy, timeMin: 0, cancellation);
    }

    /// <summary>Counts a published checkpoint's quorum as the gateway's too, or has the other witnesses asked
    /// that its own policy wants.</summary>
    public void CountQuorum(Chain chain, SignedCheckpoint checkpoint)
    {
        if (chain.Witnessing!.TryCountQuorum(checkpoint))
            chain.TellWitnessed();
        // Of an empty chain there is nothing to receipt yet.
        else if (checkpoint.Size > 0)
            witnesses!.GoOn(chain, checkpoint);
    }

    /// <summary>A later epoch can go on from what witnesses have seen only if the proposal outlives a crash.
    /// </summary>
    private async Task RecordAsync(Chain chain, Proposal proposal, EnclaveEpoch epoch)
    {
        if (chain.Proposal is { } durable && durable.Size == proposal.Size && durable.Epoch == epoch.Number)
            return;
        var record = new ProposalRecord(
            chain.Record!.Number, proposal.Size, proposal.Root, proposal.Signature, epoch.Number);
        var batch = new LedgerBatch();
        batch.Proposals.Add(record);
        await rideAlong.WriteAsync(batch, sync: true);
        chain.Proposal = record;
    }

    private void Publish(Chain chain, SignedCheckpoint checkpoint)
    {
        chain.Publish(checkpoint);
        CountQuorum(chain, checkpoint);
        rideAlong.Add(chain);
        if (chain.Witnessing!.Witnessed == checkpoint)
            rideAlong.AddWitnessed(chain);
    }
}
