using Sequencer.Protocol;

namespace Sequencer.Core;

/// <summary>
/// Brings the quorum without which an enclave with a measured witness policy opens no chain: the opening is
/// begun, and witnesses cosign the very checkpoint that the chain starts from, after that moment.
/// </summary>
internal sealed class WitnessedOpening(
    WitnessCoordinator witnesses, CheckpointAssembler assembler, TimeProvider time)
{
    /// <summary>Gathers the quorum.</summary>
    /// <param name="chain">A chain that the enclave does not hold.</param>
    /// <param name="enclave">The enclave.</param>
    /// <param name="start">What the chain goes on from; null for a new chain.</param>
    /// <returns>Signature lines for the request that opens the chain.</returns>
    /// <exception cref="WitnessesUnavailableException">When there is no quorum at the moment.</exception>
    /// <exception cref="OlderLedgerException">When too many witnesses have seen more.</exception>
    /// <exception cref="EnclaveRefusedException">When the enclave holds the chain.</exception>
    public async Task<string> GatherAsync(
        Chain chain, EnclaveConnection enclave, SignedCheckpoint? start, CancellationToken cancellation)
    {
        var begun = await enclave.SendAsync<BeginOpenReply>(new BeginOpenRequest(chain.Origin), cancellation);
        start ??= await assembler.AssembleEmptyAsync(chain.Origin, cancellation);
        // Before that no honest witness's time counts: its clock may be ahead of the enclave's.
        var wait = TimeSpan.FromSeconds(begun.WitnessTimeMin - Math.Min(begun.Time, begun.WitnessTimeMin));
        await Task.Delay(wait, time, cancellation);
        return await witnesses.DemandAsync(
            chain, start, enclave.Epoch.Witnesses!.Policy, begun.WitnessTimeMin, cancellation);
    }
}
