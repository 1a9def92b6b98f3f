using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// Who this epoch is: an Ed25519 key made at boot that never leaves the process, the cosigner's name, and
/// the NSM that binds both to the image.
/// </summary>
internal sealed class EnclaveIdentity : IDisposable
{
    private readonly INsm _nsm;
    private readonly NoteSigner _signer = NoteSigner.Generate();
    private readonly byte[] _userData;
    private volatile byte[] _document;

    public EnclaveIdentity(INsm nsm, EnclaveMode mode, string logPrefix, TrustedClock clock)
    {
        _nsm = nsm;
        Mode = mode;
        Clock = clock;
        // A chain id cannot start with an underscore, so no origin can collide with these names.
        var name = logPrefix + (mode == EnclaveMode.Simulated ? "/_simulated-enclave" : "/_enclave");
        Cosigner = VerifierKey.Create(name, SignatureType.CosignatureEd25519, _signer.PublicKey.Span);
        _userData = SequencerBinding.Encode(name, Limits.Version);
        Image = new ImageMeasurement(Pcr(0), Pcr(1), Pcr(2));
        _document = [];
        Renew();
    }

    public EnclaveMode Mode { get; }

    public TrustedClock Clock { get; }

    /// <summary>The key as a cosigner of checkpoints.</summary>
    public VerifierKey Cosigner { get; }

    /// <summary>This image, as its own NSM measures it.</summary>
    public ImageMeasurement Image { get; }

    /// <summary>The document kept ready, without a nonce.</summary>
    public ReadOnlyMemory<byte> Document => _document;

    /// <summary>A document made for this nonce.</summary>
    public byte[] Attest(ReadOnlyMemory<byte> nonce) => Attest((ReadOnlyMemory<byte>?)nonce);

    /// <summary>Replaces the document kept ready and anchors the clock in its signed time.</summary>
    public void Renew()
    {
        var document = Attest(nonce: null);
        Clock.Anchor(AttestationDocument.ParseFromOwnNsm(document).TimestampMs);
        _document = document;
    }

    /// <summary>Cosigns a checkpoint's text at a time.</summary>
    public byte[] Cosign(Checkpoint checkpoint, ulong time)
    {
        var signature = new byte[64];
        _signer.Sign(Cosignature.Message(time, checkpoint.ToNoteText()), signature);
        return signature;
    }

    public byte[] Sign(Handover handover)
    {
        var signature = new byte[64];
        _signer.Sign(System.Text.Encoding.UTF8.GetBytes(handover.ToNoteText()), signature);
        return signature;
    }

    public void Dispose()
    {
        _signer.Dispose();
        _nsm.Dispose();
    }

    private byte[] Attest(ReadOnlyMemory<byte>? nonce) => _nsm.Attest(_userData, nonce, Cosigner.PublicKey);

    private byte[] Pcr(int index) => _nsm.DescribePcr(index).Data.ToArray();
}
