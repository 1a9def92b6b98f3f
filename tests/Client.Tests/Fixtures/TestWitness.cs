using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Fixtures;

internal sealed class TestWitness
{
    private readonly NoteSigner _signer;

    public TestWitness(string name, byte seed)
    {
        _signer = NoteSigner.FromSeed(Enumerable.Repeat(seed, 32).ToArray());
        Key = VerifierKey.Create(name, SignatureType.CosignatureEd25519, _signer.PublicKey.Span);
    }

    public VerifierKey Key { get; }

    public NoteSignature Cosign(string text, ulong time)
    {
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        _signer.Sign(Cosignature.Message(time, text), signature);
        return NoteSignature.Cosignature(Key, time, signature);
    }
}
