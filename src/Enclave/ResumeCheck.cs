using System.Security.Cryptography;
using System.Text;
using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// Decides whether a history may be adopted. Of the first 64 prior documents the key is remembered; others are verified
/// each time. One caller at a time.
/// </summary>
/// <param name="root">The attestation root that prior documents must chain to.</param>
/// <param name="acceptable">Images whose chains may be resumed; null for none.</param>
internal sealed class ResumeCheck(TrustedRoot root, AcceptedImages? acceptable)
{
    /// <summary>How far a prior cosignature may lie ahead of this enclave's clock.</summary>
    public const ulong ClockToleranceSeconds = 5;

    private const int KnownDocumentsMax = 64;

    private readonly Dictionary<string, VerifierKey> _known = [];

    /// <summary>Checks everything that a resume claims, in the order of its refusal reasons.</summary>
    /// <returns>What the chain goes on from, its tree, and the key of the epoch that signed it.</returns>
    /// <exception cref="EnclaveRefusedException">With the first rule that failed.</exception>
    public (Checkpoint Start, CompactRange Range, VerifierKey PriorCosigner) Check(
        ResumeRequest request, ulong now)
    {
        var checkpoint = ParseCheckpoint(request);
        var cosigner = PriorCosigner(request.Document);
        VerifyCosignature(request, cosigner);
        if (request.Time > now + ClockToleranceSeconds)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.ResumeTime,
                $"The prior cosignature is of {request.Time}, this enclave's clock says {now}: "
                + $"more than {ClockToleranceSeconds} s ahead.");
        }

        var start = request.Proposal is { } proposal
            ? CheckProposal(proposal, checkpoint, cosigner)
            : checkpoint;
        var range = CompactRange.TryCreate(start.Size, [.. request.CompactRange]);
        return range is not null && range.Root() == start.Root
            ? (start, range, cosigner)
            : throw new EnclaveRefusedException(EnclaveRefusalReason.ResumeCompactRange,
                $"The compact range does not have the root of the checkpoint of size {start.Size}.");
    }

    /// <summary>
    /// The prior epoch proposed only what extends its head: one key for both is proof that this does.
    /// </summary>
    private static Checkpoint CheckProposal(PriorProposal prior, Checkpoint head, VerifierKey cosigner)
    {
        try
        {
            var proposal = Checkpoint.Parse(prior.Checkpoint);
            cosigner.Verify(Encoding.UTF8.GetBytes(prior.Checkpoint), prior.Signature.Span);
            if (proposal.Origin == head.Origin && proposal.Extensions.Count == 0 && proposal.Size > head.Size)
                return proposal;
        }
        catch (TlogException exception)
        {
            throw new EnclaveRefusedException(
                EnclaveRefusalReason.ResumeProposal, $"The prior proposal: {exception.Message}");
        }

        throw new EnclaveRefusedException(EnclaveRefusalReason.ResumeProposal,
            $"The prior proposal does not extend {head.Origin} beyond its head of size {head.Size}.");
    }

    private static Checkpoint ParseCheckpoint(ResumeRequest request)
    {
        Checkpoint checkpoint;
        try
        {
            checkpoint = Checkpoint.Parse(request.Checkpoint);
        }
        catch (TlogException exception)
        {
            throw new EnclaveRefusedException(
                EnclaveRefusalReason.ResumeCheckpoint, $"No checkpoint: {exception.Message}");
        }

        if (checkpoint.Extensions.Count != 0)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.ResumeCheckpoint,
                "The checkpoint has extension lines; this log signs none.");
        }

        return checkpoint.Origin == request.Origin
            ? checkpoint
            : throw new EnclaveRefusedException(EnclaveRefusalReason.ResumeOrigin,
                $"The checkpoint is of {checkpoint.Origin}, not of {request.Origin}.");
    }

    private static void VerifyCosignature(ResumeRequest request, VerifierKey cosigner)
    {
        try
        {
            cosigner.Verify(Cosignature.Message(request.Time, request.Checkpoint), request.Cosignature.Span);
        }
        catch (TlogException exception)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.ResumeCosignature,
                $"The prior cosignature does not verify: {exception.Message}");
        }
    }

    private VerifierKey PriorCosigner(ReadOnlyMemory<byte> document)
    {
        var digest = Convert.ToHexString(SHA256.HashData(document.Span));
        if (_known.TryGetValue(digest, out var known))
            return known;
        var cosigner = VerifyDocument(document);
        if (_known.Count < KnownDocumentsMax)
            _known.Add(digest, cosigner);
        return cosigner;
    }

    private VerifierKey VerifyDocument(ReadOnlyMemory<byte> document)
    {
        if (acceptable is null)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.ResumeImage,
                "In debug mode an enclave resumes nothing.");
        }

        try
        {
            var policy = new AttestationPolicy { Root = root, Images = acceptable };
            var time = new VerificationTime.DocumentTimestamp();
            var verified = AttestationVerifier.Verify(document, policy, time);
            var binding = SequencerBinding.Parse(verified.Document.UserData ?? ReadOnlyMemory<byte>.Empty);
            var key = verified.Document.PublicKey ?? ReadOnlyMemory<byte>.Empty;
            return VerifierKey.Create(binding.CosignerName, SignatureType.CosignatureEd25519, key.Span);
        }
        catch (AttestationException exception)
        {
            throw new EnclaveRefusedException(
                ReasonFor(exception.Reason), $"Prior attestation document: {exception.Message}");
        }
        catch (TlogException exception)
        {
            throw new EnclaveRefusedException(
                EnclaveRefusalReason.ResumeBinding, $"Prior attestation document: {exception.Message}");
        }
    }

    private static EnclaveRefusalReason ReasonFor(AttestationError error) => error switch
    {
        AttestationError.ImageNotAccepted => EnclaveRefusalReason.ResumeImage,
        AttestationError.BindingMalformed => EnclaveRefusalReason.ResumeBinding,
        _ => EnclaveRefusalReason.ResumeDocument,
    };
}
