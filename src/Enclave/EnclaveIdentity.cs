using System.Text;
using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// Who this epoch is: an Ed25519 key made at boot that never leaves the process, the cosigner's name, and
/// the NSM that binds both to the image. Thread-safe.
/// </summary>
internal sealed class EnclaveIdentity : IDisposable
{
    // A machine that is held up for a moment must not cost an epoch.
    private const int AnchorTries = 3;

    private readonly INsm _nsm;
    private readonly NoteSigner _signer = NoteSigner.Generate();
    private readonly byte[] _userData;
    private volatile byte[] _document = [];

    /// <summary>Makes the key and has it attested.</summary>
    /// <exception cref="NsmException">When the NSM does not answer as it should.</exception>
    public EnclaveIdentity(INsm nsm, EnclaveMode mode, string logPrefix, TrustedClock clock)
    {
        _nsm = nsm;
        Mode = mode;
        Clock = clock;
        // A chain id cannot start with an underscore, so no origin can collide with these names.
        var name = logPrefix + (mode == EnclaveMode.Simulated ? "/_simulated-enclave" : "/_enclave");
        Cosigner = VerifierKey.Create(name, SignatureType.CosignatureEd25519, _signer.PublicKey.Span);
        _userData = SequencerBinding.Encode(name, Limits.Version);
        Image = ReadImage(nsm);
        Renew();
    }

    public EnclaveMode Mode { get; }

    public TrustedClock Clock { get; }

    /// <summary>The key as a cosigner of checkpoints.</summary>
    public VerifierKey Cosigner { get; }

    /// <summary>This image, as its own NSM measures it; null in debug mode, where it does not.</summary>
    public ImageMeasurement? Image { get; }

    /// <summary>The document kept ready, without a nonce.</summary>
    public ReadOnlyMemory<byte> Document => _document;

    /// <summary>A document for this nonce; null for none.</summary>
    /// <exception cref="NsmException">When the NSM refuses.</exception>
    public byte[] Attest(ReadOnlyMemory<byte>? nonce) => _nsm.Attest(_userData, nonce, Cosigner.PublicKey);

    /// <summary>Replaces the document kept ready and anchors the clock in its signed time.</summary>
    /// <exception cref="NsmException">
    /// When the NSM does not answer as it should, or too late to tell the time: nothing changes.
    /// </exception>
    public void Renew()
    {
        for (var tries = 0; tries < AnchorTries; tries++)
        {
            var asked = Clock.Stamp();
            var document = Attest(nonce: null);
            if (!Clock.TryAnchor(SignedTimeMs(document), asked))
                continue;
            _document = document;
            return;
        }

        throw new NsmException(NsmError.Timeout,
            $"The NSM took more than {TrustedClock.AnswerMax.TotalSeconds:0} s to tell the time, {AnchorTries} times.");
    }

    /// <summary>Cosigns a checkpoint at a time: 64 bytes.</summary>
    public byte[] Cosign(Checkpoint checkpoint, ulong time) =>
        Sign(Cosignature.Message(time, checkpoint.ToNoteText()));

    /// <summary>
    /// Signs a checkpoint that is not final yet: 64 bytes, the same for the same checkpoint. The message of a
    /// cosignature starts otherwise, so that this is never taken for one.
    /// </summary>
    public byte[] Propose(Checkpoint checkpoint) => Sign(Encoding.UTF8.GetBytes(checkpoint.ToNoteText()));

    /// <summary>Signs a handover note: 64 bytes.</summary>
    public byte[] Sign(Handover handover) => Sign(Encoding.UTF8.GetBytes(handover.ToNoteText()));

    public void Dispose()
    {
        _signer.Dispose();
        _nsm.Dispose();
    }

    private static ulong SignedTimeMs(byte[] document)
    {
        try
        {
            return AttestationDocument.ParseFromOwnNsm(document).TimestampMs;
        }
        catch (AttestationException exception)
        {
            throw new NsmException(NsmError.MalformedResponse, exception.Message, exception);
        }
    }

    private byte[] Sign(byte[] message)
    {
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        _signer.Sign(message, signature);
        return signature;
    }

    private static ImageMeasurement? ReadImage(INsm nsm)
    {
        var pcrs = Enumerable.Range(0, 3).Select(index => nsm.DescribePcr(index).Data).ToArray();
        return pcrs.All(pcr => pcr.Span.ContainsAnyExcept((byte)0))
            ? new ImageMeasurement(pcrs[0], pcrs[1], pcrs[2])
            : null;
    }
}
