using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>The epoch that signs now.</summary>
/// <param name="Number">Its number in this ledger.</param>
/// <param name="Cosigner">Its key.</param>
/// <param name="Mode">Real or simulated.</param>
/// <param name="Witnesses">What it demands of witnesses; null for nothing.</param>
internal sealed record EnclaveEpoch(
    uint Number, VerifierKey Cosigner, EnclaveMode Mode, MeasuredWitnesses? Witnesses = null);
