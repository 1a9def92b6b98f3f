using System.Security.Cryptography;
using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Verifies attestation documents of sequencer enclaves, each at its own time: a receipt proves history, for
/// ever, so that an expired certificate does not void it. Documents that verified are remembered by the
/// SHA-256 of their bytes, up to a limit, least recently used first to go. Safe for concurrent use.
/// </summary>
public sealed class EnclaveVerifier
{
    /// <summary>How many documents are remembered; one takes about 20 KB.</summary>
    public const int RememberedMax = 256;

    private readonly LeastRecentlyUsed<Hash, VerifiedEnclave> _remembered = new(RememberedMax);
    private readonly AcceptedImages? _images;
    private readonly TrustedRoot _root;

    /// <param name="images">The images that are accepted.</param>
    /// <param name="simulatedRoot">Null for real enclaves, under the AWS root. A simulated root is the
    /// explicit permission to accept documents that prove nothing beyond that root.</param>
    /// <exception cref="ArgumentException">
    /// When the root does not say of itself that it is simulated.
    /// </exception>
    public EnclaveVerifier(AcceptedImages images, TrustedRoot? simulatedRoot = null)
        : this(simulatedRoot)
    {
        ArgumentNullException.ThrowIfNull(images);
        _images = images;
    }

    private EnclaveVerifier(TrustedRoot? simulatedRoot)
    {
        if (simulatedRoot is { IsSimulated: false })
        {
            throw new ArgumentException(
                "The AWS root is built in; give a simulated root or none.", nameof(simulatedRoot));
        }

        _root = simulatedRoot ?? TrustedRoot.Aws;
    }

    /// <summary>
    /// A verifier for looking at enclaves when nobody has said which images are good: each document is held
    /// to the image that it names itself, so that any image passes that is not in debug mode.
    /// </summary>
    /// <param name="simulatedRoot">As for the constructor.</param>
    /// <exception cref="ArgumentException">As for the constructor.</exception>
    public static EnclaveVerifier OfAnyImage(TrustedRoot? simulatedRoot = null) => new(simulatedRoot);

    /// <summary>Verifies a document and what it binds.</summary>
    /// <exception cref="AttestationException">The first rule that failed.</exception>
    public VerifiedEnclave Verify(ReadOnlyMemory<byte> document)
    {
        var name = Hash.Read(SHA256.HashData(document.Span));
        if (_remembered.Find(name) is { } known)
            return known;
        var verified = AttestationVerifier.Verify(
            document, PolicyFor(document), new VerificationTime.DocumentTimestamp());
        var enclave = Bind(verified);
        _remembered.Add(name, enclave);
        return enclave;
    }

    /// <summary>
    /// Whether a document's own root certificate says that it is a simulation. It is the document's word
    /// alone.
    /// </summary>
    public static bool ClaimsSimulation(AttestationDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        try
        {
            return TrustedRoot.Simulated(document.CaBundle[0]).IsSimulated;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Every rule of a document, for a person to read; what it binds is not among them.</summary>
    internal AttestationReport Check(ReadOnlyMemory<byte> document) =>
        AttestationVerifier.Check(document, PolicyFor(document), new VerificationTime.DocumentTimestamp());

    /// <summary>Reads key and cosigner's name out of a verified document.</summary>
    /// <exception cref="AttestationException">
    /// When they are missing or not in the sequencer's form.
    /// </exception>
    internal static VerifiedEnclave Bind(VerifiedAttestation attestation)
    {
        var document = attestation.Document;
        if (document.PublicKey is not { } publicKey || document.UserData is not { } userData)
        {
            throw new AttestationException(AttestationError.BindingMalformed,
                "The document binds no key or no user data: it is not that of a sequencer's enclave.");
        }

        var binding = SequencerBinding.Parse(userData);
        try
        {
            return new()
            {
                Key = VerifierKey.Create(
                    binding.CosignerName, SignatureType.CosignatureEd25519, publicKey.Span),
                ProtocolVersion = binding.ProtocolVersion,
                Attestation = attestation,
            };
        }
        catch (TlogException unusable)
        {
            throw new AttestationException(AttestationError.BindingMalformed,
                $"The document's public key cannot be used: {unusable.Message}", unusable);
        }
    }

    private AttestationPolicy PolicyFor(ReadOnlyMemory<byte> document) =>
        new() { Images = _images ?? NamedImage.Of(document), Root = _root };
}
