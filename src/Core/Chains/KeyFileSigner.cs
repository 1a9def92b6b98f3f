using Sequencer.Tlog;

namespace Sequencer.Core;

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
