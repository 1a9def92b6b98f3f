using System.Text;
using Sequencer.Attestation;
using Sequencer.Simulation;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Fixtures;

/// <summary>One boot of a simulated enclave: its key, and the document that binds it.</summary>
internal sealed class TestEnclave
{
    private readonly NoteSigner _signer;

    public TestEnclave(
        SimulatedRoot root, TimeProvider clock, byte seed,
        string name = TestLog.Prefix + "/_simulated-enclave", Func<byte[], byte[]>? changeUserData = null)
    {
        _signer = NoteSigner.FromSeed(Enumerable.Repeat(seed, 32).ToArray());
        Cosigner = VerifierKey.Create(name, SignatureType.CosignatureEd25519, _signer.PublicKey.Span);
        var userData = SequencerBinding.Encode(name, protocolVersion: 1);
        using var nsm = new SimulatedNsm(root, clock, SimulatedNsm.Image);
        Document = nsm.Attest(changeUserData?.Invoke(userData) ?? userData, null, _signer.PublicKey);
    }

    public VerifierKey Cosigner { get; }

    public byte[] Document { get; }

    public NoteSignature Cosign(string text, ulong time) =>
        NoteSignature.Cosignature(Cosigner, time, Sign(Cosignature.Message(time, text)));

    /// <summary>The signed note by which this enclave adopts a history.</summary>
    public string Adopt(Checkpoint prior, VerifierKey priorKey, ulong time, VerifierKey? newKey = null)
    {
        var text = new Handover(prior, priorKey, newKey ?? Cosigner, time).ToNoteText();
        var key = Cosigner.AsSigner();
        return SignedNote.Create(text,
            NoteSignature.Ed25519(key, Sign(Encoding.UTF8.GetBytes(text)))).ToString();
    }

    private byte[] Sign(byte[] message)
    {
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        _signer.Sign(message, signature);
        return signature;
    }
}
