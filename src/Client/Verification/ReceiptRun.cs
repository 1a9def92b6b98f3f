using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// One verification: what each check found, and which failed. Checks go on after a failure as far as they
/// can, so that a report can tell them all; nothing found is to be believed while there is a failure.
/// </summary>
internal sealed class ReceiptRun(TlogPolicy policy, EnclaveVerifier enclaves)
{
    private readonly List<VerificationFailure> _failures = [];

    public IReadOnlyList<VerificationFailure> Failures => _failures;

    public TlogProof? Proof { get; private set; }

    public SignedNote? Note { get; private set; }

    public Checkpoint? Checkpoint { get; private set; }

    public Hash? LeafHash { get; private set; }

    public VerifierKey? LogKey { get; private set; }

    public ReadOnlyMemory<byte>? Document { get; private set; }

    public VerifiedEnclave? Enclave { get; private set; }

    public DateTimeOffset? CosignedAt { get; private set; }

    public QuorumResult? Quorum { get; private set; }

    public int TransactionBytes { get; private set; }

    public void Execute(
        Func<TlogProof> parse, ReadOnlySpan<byte> transaction, ReadOnlyMemory<byte> document)
    {
        TransactionBytes = transaction.Length;
        ReadForm(parse);
        HashLeaf(transaction);
        CheckInclusion();
        CheckLogSignature();
        CheckAttestation(document.IsEmpty ? Proof?.Extra : document);
        CheckCosignature();
        CheckWitnesses();
    }

    /// <summary>What was established; only without failures.</summary>
    public VerifiedReceipt Verified() => new()
    {
        Origin = Checkpoint!.Origin,
        Index = Proof!.Index,
        LeafHash = LeafHash!.Value,
        Checkpoint = Checkpoint,
        CosignedAt = CosignedAt!.Value,
        Enclave = Enclave!,
        Witnesses = [.. Quorum!.Cosigned.Select(witness => witness.Name)],
        Guarantee = Established(policy, Enclave!.Attestation.IsSimulated),
    };

    /// <summary>What follows when every check holds.</summary>
    public static Guarantee Established(TlogPolicy policy, bool isSimulated)
    {
        if (isSimulated)
            return Guarantee.SimulatedOnly;
        // Two quorums without a common witness could cosign two histories, with every witness honest.
        return policy.HasWitnesses && policy.QuorumsIntersect
            ? Guarantee.AcrossEpochs
            : Guarantee.WithinEpoch;
    }

    private void ReadForm(Func<TlogProof> parse)
    {
        try
        {
            var proof = parse();
            var note = SignedNote.Parse(proof.Checkpoint);
            Checkpoint = Checkpoint.Parse(note.Text);
            (Proof, Note) = (proof, note);
        }
        catch (TlogException malformed)
        {
            Fail(VerificationStep.Form, malformed.Message);
        }
    }

    private void HashLeaf(ReadOnlySpan<byte> transaction)
    {
        if (transaction.Length <= Entry.MaxSizeBytes)
        {
            LeafHash = MerkleHash.Leaf(transaction);
            return;
        }

        Fail(VerificationStep.LeafHash,
            $"The transaction has {transaction.Length} bytes; an entry has at most {Entry.MaxSizeBytes}.");
    }

    private void CheckInclusion()
    {
        if (Proof is null || Checkpoint is null || LeafHash is not { } leaf)
            return;
        try
        {
            Hash[] hashes = [.. Proof.Hashes];
            InclusionProof.Verify(Proof.Index, Checkpoint.Size, leaf, hashes, Checkpoint.Root);
        }
        catch (TlogException wrong)
        {
            Fail(VerificationStep.Inclusion, wrong.Message);
        }
    }

    private void CheckLogSignature()
    {
        if (Note is null || Checkpoint is null)
            return;
        var keys = policy.KeysOf(Checkpoint.Origin);
        if (keys.Count == 0)
        {
            var accepted = string.Join(", ", policy.Logs.Select(log => log.Key.Name));
            Fail(VerificationStep.LogSignature,
                $"The receipt is of the log {Checkpoint.Origin}, which the policy does not name; it names "
                    + $"{(accepted.Length == 0 ? "none" : accepted)}.");
            return;
        }

        try
        {
            LogKey = Note.Verify(keys).Signatures[0].Key;
        }
        catch (TlogException wrong)
        {
            Fail(VerificationStep.LogSignature, wrong.Reason == TlogError.NoKnownSignature
                ? $"The checkpoint is not signed by the key that the policy names for {Checkpoint.Origin}."
                : wrong.Message);
        }
    }

    private void CheckAttestation(ReadOnlyMemory<byte>? document)
    {
        if (Proof is null && document is null)
            return;
        if (document is not { IsEmpty: false })
        {
            Fail(VerificationStep.Attestation,
                "The receipt carries no attestation document, and none was given beside it: fetch the "
                    + "bundle, or the document from the log's epochs.");
            return;
        }

        Document = document;
        try
        {
            Enclave = enclaves.Verify(document.Value);
        }
        catch (AttestationException refused)
        {
            Fail(refused.Reason == AttestationError.BindingMalformed
                ? VerificationStep.Binding
                : VerificationStep.Attestation, refused.Message);
        }
    }

    private void CheckCosignature()
    {
        if (Note is null || Enclave is null)
            return;
        try
        {
            var time = Note.Verify([Enclave.Key]).Signatures[0].Time!.Value;
            if (!Cosignature.IsTimeOfCheckpoint(time))
                Fail(VerificationStep.EnclaveCosignature, $"The cosignature's time, {time}, cannot be.");
            else
                CosignedAt = DateTimeOffset.FromUnixTimeSeconds((long)time);
        }
        catch (TlogException wrong)
        {
            Fail(VerificationStep.EnclaveCosignature, wrong.Reason == TlogError.NoKnownSignature
                ? $"The checkpoint is not cosigned by the attested enclave, {Enclave.Key.Name}: the "
                    + "attestation document is of another epoch or of another enclave."
                : wrong.Message);
        }
    }

    private void CheckWitnesses()
    {
        if (Note is null || Checkpoint is null)
            return;
        try
        {
            var signed = new ParsedCheckpoint(Note, Checkpoint);
            Quorum = policy.Evaluate(policy.HasWitnesses ? signed.WitnessesOf(policy) : []);
            if (!Quorum.IsSatisfied)
                Fail(VerificationStep.Witnesses, Quorum.Reason);
        }
        catch (TlogException wrong)
        {
            Fail(VerificationStep.Witnesses, wrong.Message);
        }
    }

    private void Fail(VerificationStep step, string message) => _failures.Add(new(step, message));
}
