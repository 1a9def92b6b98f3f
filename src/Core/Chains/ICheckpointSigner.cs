namespace Sequencer.Core;

/// <summary>Holds the operator's log key: a key file, or a key management service.</summary>
public interface ICheckpointSigner : IDisposable
{
    /// <summary>The Ed25519 public key; 32 bytes.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs a note's text (UTF-8); 64 bytes.</summary>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> noteText, CancellationToken cancellation);
}
