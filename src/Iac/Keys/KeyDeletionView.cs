namespace Sequencer.Iac.Keys;

/// <summary>
/// What <c>key delete</c> removed; <paramref name="PrivateKeyFile"/> is null where no file went.
/// </summary>
internal sealed record KeyDeletionView(string Name, string KeyPairId, string? PrivateKeyFile);
