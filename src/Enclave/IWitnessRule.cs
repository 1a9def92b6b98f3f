using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// Whether witnesses allow what a chain is about to do. Pure: it decides by its arguments alone.
/// </summary>
internal interface IWitnessRule
{
    /// <summary>
    /// The earliest time of a witness's cosignature that was certainly made after <paramref name="begun"/>,
    /// both in seconds since 1970.
    /// </summary>
    ulong WitnessTimeMin(ulong begun);

    /// <summary>Returns when a chain may start from a checkpoint.</summary>
    /// <param name="start">What it starts from.</param>
    /// <param name="witnessLines">Signature lines of a note, whoever they claim to be by.</param>
    /// <param name="begun">When the opening was begun, in seconds since 1970; null when it was not.</param>
    /// <param name="now">The enclave's time, in seconds since 1970.</param>
    /// <exception cref="Protocol.EnclaveRefusedException">When it may not.</exception>
    void CheckOpening(Checkpoint start, string witnessLines, ulong? begun, ulong now);

    /// <summary>Returns when a proposal may become a chain's head. No clock has a say in it.</summary>
    /// <exception cref="Protocol.EnclaveRefusedException">When it may not.</exception>
    void CheckSeal(Checkpoint proposal, string witnessLines);
}
