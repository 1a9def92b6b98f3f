namespace Sequencer.Gateway;

/// <summary>
/// Where the keys come from: a PEM file read once, or a key set that changes while the program runs.
/// </summary>
internal interface ISigningKeys
{
    /// <summary>The keys in force; empty until a key set could be read for the first time.</summary>
    SigningKeySet Current { get; }

    /// <summary>
    /// Called for a token that names a key which <see cref="Current"/> lacks. Returns when a newer set is in
    /// force, or at once when it is too early to look again.
    /// </summary>
    Task RefreshAsync(CancellationToken cancellation);
}
