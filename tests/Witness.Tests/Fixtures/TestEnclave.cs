using System.Text;
using Sequencer.Attestation;
using Sequencer.Simulation;

namespace Sequencer.Witness.Tests;

/// <summary>One boot of a simulated enclave: its key, and the document that binds it to its image.</summary>
internal sealed class TestEnclave
{
    private readonly NoteSigner _signer;

    public TestEnclave(
        SimulatedRoot root, byte seed, ImageMeasurement? image = null, string name = EnclaveName)
    {
        _signer = NoteSigner.FromSeed(Enumerable.Repeat(seed, NoteSigner.SeedSizeBytes).ToArray());
        Cosigner = VerifierKey.Create(name, SignatureType.CosignatureEd25519, _signer.PublicKey.Span);
        ToldKey = Cosigner.ToString();
        using var nsm = new SimulatedNsm(root, TimeProvider.System, image ?? SimulatedNsm.Image);
        Document = nsm.Attest(SequencerBinding.Encode(name, protocolVersion: 2), null, _signer.PublicKey);
    }

    public const string EnclaveName = "log.example/_simulated-enclave";

    public VerifierKey Cosigner { get; }

    /// <summary>The key that the gateway says belongs to the document.</summary>
    public string ToldKey { get; init; }

    public byte[] Document { get; init; }

    public NoteSignature Cosign(string text) => NoteSignature.Cosignature(
        Cosigner, 1_700_000_000, Sign(Cosignature.Message(1_700_000_000, text)));

    /// <summary>The signature of a proposal: type 0x01 under the cosigner's name.</summary>
    public NoteSignature Propose(string text) => NoteSignature.Ed25519(
        Cosigner.AsSigner(),
        Sign(Encoding.UTF8.GetBytes(text)));

    /// <summary>A line that claims to be this enclave's and is not.</summary>
    public NoteSignature Forge(string text) => Cosign(text + "x");

    private byte[] Sign(byte[] message)
    {
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        _signer.Sign(message, signature);
        return signature;
    }
}
