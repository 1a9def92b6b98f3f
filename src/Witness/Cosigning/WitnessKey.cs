using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>The witness's name and Ed25519 key. Safe for concurrent use.</summary>
internal sealed class WitnessKey : IDisposable
{
    private readonly NoteSigner _signer;

    public WitnessKey(string name, NoteSigner signer)
    {
        _signer = signer;
        Verifier = VerifierKey.Create(name, SignatureType.CosignatureEd25519, signer.PublicKey.Span);
    }

    /// <summary>What policies name: the public half, of type 0x04.</summary>
    public VerifierKey Verifier { get; }

    /// <summary>
    /// Reads a private key in the text form of a note's key; its name becomes the witness's.
    /// </summary>
    /// <exception cref="TlogException">When the text is no such key.</exception>
    public static WitnessKey Parse(string text)
    {
        using var key = PrivateKeyText.Parse(text);
        return new WitnessKey(key.Name, key.CreateSigner());
    }

    /// <summary>The signature line of a timestamped cosignature (C2SP tlog-cosignature, type 0x04).</summary>
    /// <param name="text">The checkpoint's note text, ending in LF.</param>
    /// <param name="time">POSIX seconds, not 0.</param>
    public NoteSignature Cosign(string text, ulong time)
    {
        Span<byte> signature = stackalloc byte[VerifierKey.SignatureSizeBytes];
        _signer.Sign(Cosignature.Message(time, text), signature);
        return NoteSignature.Cosignature(Verifier, time, signature);
    }

    public void Dispose() => _signer.Dispose();
}
