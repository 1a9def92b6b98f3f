namespace Sequencer.Gateway;

/// <summary>Keys of a PEM file: as they were when the program started.</summary>
internal sealed class FixedKeys(SigningKeySet keys) : ISigningKeys
{
    public SigningKeySet Current => keys;

    public Task RefreshAsync(CancellationToken cancellation) => Task.CompletedTask;
}
