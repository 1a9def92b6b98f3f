using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>Holds the operator's log key: a key file, or a key management service.</summary>
public interface ICheckpointSigner : IDisposable
{
    /// <summary>The Ed25519 public key; 32 bytes.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs a note's text (UTF-8); 64 bytes.</summary>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> noteText, CancellationToken cancellation);
}

/// <summary>A log key in memory, from a key file.</summary>
public sealed class KeyFileSigner(NoteSigner signer) : ICheckpointSigner
{
    public ReadOnlyMemory<byte> PublicKey => signer.PublicKey;

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> noteText, CancellationToken cancellation)
    {
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        signer.Sign(noteText.Span, signature);
        return new ValueTask<byte[]>(signature);
    }

    public void Dispose() => signer.Dispose();
}
