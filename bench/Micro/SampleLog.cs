using System.Buffers;
using System.Text;
using Sequencer.Attestation;
using Sequencer.Client;
using Sequencer.Simulation;
using Sequencer.Tlog;

namespace Sequencer.Micro;

/// <summary>
/// A log of a million entries, its keys and the document of the simulated enclave that cosigns it.
/// </summary>
internal sealed class SampleLog : IDisposable
{
    public const ulong Size = 1_000_003;
    public const ulong Index = 612_345;
    private const string Origin = "bench.example/log/micro";
    private const string Cosigner = "bench.example/log/_simulated-enclave";

    private readonly NoteSigner _logSigner = NoteSigner.Generate();
    private readonly NoteSigner _enclaveSigner = NoteSigner.Generate();
    private readonly SimulatedRoot _root = SimulatedRoot.Create(TimeProvider.System);

    public SampleLog()
    {
        LogKey = VerifierKey.Create(Origin, SignatureType.Ed25519, _logSigner.PublicKey.Span);
        EnclaveKey = VerifierKey.Create(
            Cosigner, SignatureType.CosignatureEd25519, _enclaveSigner.PublicKey.Span);
        using var nsm = new SimulatedNsm(_root, TimeProvider.System, SimulatedNsm.Image);
        Document = nsm.Attest(
            SequencerBinding.Encode(Cosigner, protocolVersion: 1), null, _enclaveSigner.PublicKey);
        Tree = new UniformTree(Entry);
        Text = new Checkpoint(Origin, Size, TreeRoot.Compute(Size, Tree)).ToNoteText();
        Proof = InclusionProof.Build(Index, Size, Tree);
        Verifier = new ReceiptVerifier(
            TlogPolicy.Parse($"log {LogKey}\nquorum none\n"),
            new EnclaveVerifier(new AcceptedImages(SimulatedNsm.Image), _root.Trusted));
    }

    public byte[] Entry { get; } = new byte[256];

    public UniformTree Tree { get; }

    public VerifierKey LogKey { get; }

    public VerifierKey EnclaveKey { get; }

    public byte[] Document { get; }

    /// <summary>The text of the checkpoint.</summary>
    public string Text { get; }

    public Hash[] Proof { get; }

    public ReceiptVerifier Verifier { get; }

    /// <summary>The checkpoint signed by the log and cosigned by the enclave at a time.</summary>
    public string Sign(ulong time)
    {
        Span<byte> bySigner = stackalloc byte[VerifierKey.SignatureSizeBytes];
        Span<byte> byEnclave = stackalloc byte[VerifierKey.SignatureSizeBytes];
        _logSigner.Sign(Encoding.UTF8.GetBytes(Text), bySigner);
        _enclaveSigner.Sign(Cosignature.Message(time, Text), byEnclave);
        return Text + "\n" + NoteSignature.Ed25519(LogKey, bySigner).ToLine()
            + NoteSignature.Cosignature(EnclaveKey, time, byEnclave).ToLine();
    }

    /// <summary>The receipt of <see cref="Index"/> under a checkpoint.</summary>
    public string Receipt(string checkpoint)
    {
        var text = new ArrayBufferWriter<byte>();
        TlogProof.Write(text, Index, Proof, Encoding.UTF8.GetBytes(checkpoint));
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    public void Dispose()
    {
        _logSigner.Dispose();
        _enclaveSigner.Dispose();
        _root.Dispose();
    }
}
