using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Has entries of one chain signed apart from the rounds: those that a crash left behind, and those of a
/// chain that waits for witnesses.
/// </summary>
internal sealed class ChainSigner(Sealing sealing, CheckpointAssembler assembler, RideAlong rideAlong)
{
    /// <summary>Has the enclave append leaves and cosign, with a quorum first where it demands one; the
    /// checkpoint is published and rides along.</summary>
    /// <param name="chain">Whose leaves; nobody else appends to it meanwhile.</param>
    /// <param name="first">Index of the first leaf.</param>
    /// <param name="leaves">One at least.</param>
    /// <param name="enclave">The epoch that has the chain.</param>
    /// <returns>Whether the chain goes on; else it was stopped.</returns>
    /// <exception cref="IOException">When the enclave went away: try again.</exception>
    /// <exception cref="WitnessesUnavailableException">When there is no quorum at the moment: try again.
    /// </exception>
    public async Task<bool> AppendAsync(
        Chain chain, ulong first, Hash[] leaves, EnclaveConnection enclave, CancellationToken cancellation)
    {
        var result = (await enclave.AppendAsync([chain.ToItem(first, leaves)], cancellation))[0];
        if (enclave.Epoch.Witnesses?.Seals(chain.Id) == true)
            return await sealing.SealAsync(chain, leaves, result, enclave, cancellation);
        if (!await chain.FollowAsync(leaves, result, enclave.Epoch, assembler, cancellation))
            return false;
        rideAlong.Add(chain);
        return true;
    }
}
