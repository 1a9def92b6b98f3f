namespace Sequencer.Gateway;

/// <summary>The keys whose tokens are accepted at one moment. Immutable.</summary>
internal sealed class SigningKeySet(IReadOnlyList<SigningKey> keys)
{
    /// <summary>Most keys in one set: each may be tried on a token that names none.</summary>
    public const int CountMax = 32;

    public static SigningKeySet Empty { get; } = new([]);

    public bool IsEmpty => keys.Count == 0;

    /// <summary>
    /// The keys that may have signed a token: those of its algorithm, and of these only the one it names,
    /// unless token or keys have no names.
    /// </summary>
    public IEnumerable<SigningKey> CandidatesFor(Jwt token) => keys.Where(key =>
        key.Algorithm == token.Algorithm
        && (token.KeyId is null || key.KeyId is null || key.KeyId == token.KeyId));
}
