using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>
/// A log, or every chain below a prefix, that this witness cosigns: <c>[logs."name"]</c> in the settings.
/// </summary>
internal sealed record LogRule
{
    /// <summary>What the settings call it.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The log's key, whose name is its origin; below a prefix, the bytes of every chain's key.
    /// </summary>
    public required VerifierKey Key { get; init; }

    /// <summary>
    /// Every <c>&lt;prefix&gt;/&lt;chain id&gt;</c> is such a log, each with a key of that name and the same
    /// bytes; null for the one log of <see cref="Key"/>.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>Most chains that are cosigned below the prefix.</summary>
    public required int OriginsMax { get; init; }

    /// <summary>What the log's enclave must have signed; null demands no enclave.</summary>
    public EnclaveRule? Enclave { get; init; }

    /// <summary>The key that must have signed for an origin; null when this rule is not about it.</summary>
    public VerifierKey? KeyOf(string origin)
    {
        if (Prefix is null)
            return origin == Key.Name ? Key : null;
        return ChainOf(origin) is null
            ? null
            : VerifierKey.Create(origin, SignatureType.Ed25519, Key.PublicKey.Span);
    }

    /// <summary>The chain id of an origin below the prefix; null for any other origin.</summary>
    public string? ChainOf(string origin) =>
        Prefix is not null && origin.Length > Prefix.Length && origin[Prefix.Length] == '/'
        && origin.StartsWith(Prefix, StringComparison.Ordinal)
        && ChainId.TryParse(origin[(Prefix.Length + 1)..], out var chain)
            ? chain.Value
            : null;
}
