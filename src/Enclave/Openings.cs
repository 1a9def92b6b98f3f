using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// When the opening of each chain was begun, so that witnesses can be asked to have cosigned after it. One
/// caller at a time.
/// </summary>
/// <param name="witnesses">The rule for witnesses; null demands none, and nothing is noted.</param>
/// <param name="openingsMax">Most openings begun and not completed.</param>
internal sealed class Openings(IWitnessRule? witnesses, int openingsMax)
{
    private readonly Dictionary<string, ulong> _begun = [];

    /// <summary>Begins the opening of a chain, or begins it anew.</summary>
    /// <exception cref="EnclaveRefusedException">When too many are begun.</exception>
    public BeginOpenReply Begin(string origin, ulong now)
    {
        if (witnesses is null)
            return new BeginOpenReply(now, WitnessTimeMin: 0);
        if (_begun.Count >= openingsMax && !_begun.ContainsKey(origin))
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.ChainsFull,
                $"{_begun.Count} openings were begun and not completed, the limit of this enclave.");
        }

        _begun[origin] = now;
        return new BeginOpenReply(now, witnesses.WitnessTimeMin(now));
    }

    /// <summary>Returns when a chain may be opened at a checkpoint.</summary>
    /// <exception cref="EnclaveRefusedException">When witnesses are demanded and do not allow it.</exception>
    public void Check(Checkpoint start, string witnessLines, ulong now) => witnesses?.CheckOpening(
        start, witnessLines, _begun.TryGetValue(start.Origin, out var begun) ? begun : null, now);

    /// <summary>The chain is open: to open it in another epoch takes another beginning.</summary>
    public void Complete(string origin) => _begun.Remove(origin);
}
