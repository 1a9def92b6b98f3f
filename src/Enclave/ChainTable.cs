using System.Diagnostics.CodeAnalysis;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// The chains of this epoch. Nothing is ever evicted: what was signed once must be remembered to the end. One
/// caller at a time.
/// </summary>
/// <param name="logPrefix">What every origin starts with.</param>
/// <param name="chainsMax">Most chains held.</param>
internal sealed class ChainTable(string logPrefix, int chainsMax)
{
    private readonly Dictionary<string, ChainState> _chains = [];
    private readonly string _prefix = logPrefix + "/";

    /// <summary>The chain id in an origin that may be added.</summary>
    /// <exception cref="EnclaveRefusedException">When the origin is not ours, is held, or there is no room.
    /// </exception>
    public ChainId RequireNew(string origin)
    {
        if (!origin.StartsWith(_prefix, StringComparison.Ordinal)
            || !ChainId.TryParse(origin[_prefix.Length..], out var id))
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.OriginNotAllowed,
                $"{origin} is not {_prefix} followed by a chain id.");
        }

        if (_chains.ContainsKey(origin))
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.AlreadyHeld,
                $"{origin} is held already in this epoch.");
        }

        return _chains.Count < chainsMax
            ? id
            : throw new EnclaveRefusedException(EnclaveRefusalReason.ChainsFull,
                $"This enclave holds {_chains.Count} chains, its limit.");
    }

    /// <summary>A chain that still signs.</summary>
    /// <exception cref="EnclaveRefusedException">When it is not held, or was retired.</exception>
    public ChainState RequireHeld(string origin)
    {
        if (!_chains.TryGetValue(origin, out var chain))
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.UnknownOrigin,
                $"{origin} is not held in this epoch.");
        }

        return chain.Retired
            ? throw new EnclaveRefusedException(EnclaveRefusalReason.Retired,
                $"{origin} was retired in this epoch.")
            : chain;
    }

    public bool TryGet(string origin, [NotNullWhen(true)] out ChainState? chain) =>
        _chains.TryGetValue(origin, out chain);

    public void Add(ChainState chain) => _chains.Add(chain.Head.Origin, chain);
}
