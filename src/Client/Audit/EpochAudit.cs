using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Who signed a log since it began: every epoch's document, and the handovers between them.
/// </summary>
/// <param name="origin">The log's origin.</param>
/// <param name="enclaves">The images and the root that are accepted.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class EpochAudit(string origin, EnclaveVerifier enclaves, AuditFindings findings)
{
    private readonly List<AuditedEpoch> _epochs = [];

    /// <summary>Handovers whose root was compared with nothing yet.</summary>
    private readonly List<(AuditedEpoch Epoch, Handover Handover)> _uncompared = [];

    /// <summary>Every epoch that the gateway names, oldest first.</summary>
    public IReadOnlyList<AuditedEpoch> Epochs => _epochs;

    /// <summary>Whether any epoch's document says that a simulation made it.</summary>
    public bool IsSimulated { get; private set; }

    /// <summary>Verifies the documents, and that each epoch begins where it may.</summary>
    public void CheckEpochs(IReadOnlyList<LogEpoch> epochs)
    {
        if (epochs.Count == 0)
            findings.Add(AuditRule.Epochs, "epochs", "There is none, though the log has a checkpoint.");
        foreach (var epoch in epochs)
        {
            var name = $"epoch {_epochs.Count + 1} (from size {epoch.StartSize})";
            var earliest = _epochs.Count == 0 ? 0 : _epochs[^1].StartSize;
            if (_epochs.Count == 0 ? epoch.StartSize != 0 : epoch.StartSize < earliest)
            {
                findings.Add(AuditRule.Epochs, name, _epochs.Count == 0
                    ? "The first epoch must begin at size 0: earlier ones are withheld."
                    : $"It begins before the one that precedes it, which began at size {earliest}.");
            }

            _epochs.Add(new(name, epoch.StartSize, CheckDocument(name, epoch), epoch.Handover));
        }
    }

    /// <summary>Compares every handover with the epochs beside it and with the recomputed tree.</summary>
    /// <param name="rootAt">The recomputed root at a size; null where it is not known.</param>
    public void CheckHandovers(Func<ulong, Hash?> rootAt)
    {
        ulong earliest = 0;
        for (var i = 0; i < _epochs.Count; i++)
        {
            var epoch = _epochs[i];
            if (i == 0)
            {
                if (epoch.Handover is not null)
                    Add(epoch, "The first epoch has a handover: earlier epochs are withheld.");
            }
            else if (epoch.Handover is null)
            {
                Add(epoch, "It has no handover from the epoch before: a new history was begun.");
            }
            else if (Verify(epoch, epoch.Handover) is { } handover)
            {
                Compare(epoch, _epochs[i - 1], handover, rootAt(epoch.StartSize));
                if (handover.Time < earliest)
                {
                    Add(epoch,
                        $"Its handover, at {handover.Time}, is before that of the last epoch, at {earliest}.");
                }

                earliest = handover.Time;
            }
        }
    }

    /// <summary>
    /// Compares the roots of those handovers whose root was not known when they were checked, where it is now.
    /// </summary>
    /// <param name="rootAt">The recomputed root at a size; null where it is not known.</param>
    /// <param name="late">Takes what is wrong with them.</param>
    public void CheckLateRoots(Func<ulong, Hash?> rootAt, AuditFindings late)
    {
        foreach (var (epoch, handover) in _uncompared.ToList())
        {
            if (rootAt(epoch.StartSize) is not { } root)
                continue;
            _uncompared.Remove((epoch, handover));
            if (root != handover.Prior.Root)
                late.Add(AuditRule.Handovers, epoch.Name, OtherRoot(handover, root));
        }
    }

    private VerifiedEnclave? CheckDocument(string name, LogEpoch epoch)
    {
        try
        {
            var document = AttestationDocument.Parse(epoch.AttestationDocument);
            IsSimulated |= EnclaveVerifier.ClaimsSimulation(document);
            var enclave = enclaves.Verify(epoch.AttestationDocument);
            if (enclave.Key.ToString() == epoch.CosignerKey)
                return enclave;
            findings.Add(AuditRule.Epochs, name,
                $"The gateway names the key {epoch.CosignerKey}, but the document attests {enclave.Key}.");
        }
        catch (AttestationException refused)
        {
            findings.Add(AuditRule.Epochs, name, refused.Message);
        }

        return null;
    }

    private Handover? Verify(AuditedEpoch epoch, string note)
    {
        if (epoch.Enclave is null)
        {
            Add(epoch, "Its handover was not checked: its document does not hold.");
            return null;
        }

        try
        {
            var key = epoch.Enclave.Key;
            var signer = key.AsSigner();
            return Handover.Parse(SignedNote.Parse(note).Verify([signer]).Text);
        }
        catch (TlogException wrong)
        {
            Add(epoch, $"Its handover does not hold: {wrong.Message}");
            return null;
        }
    }

    private void Compare(AuditedEpoch epoch, AuditedEpoch before, Handover handover, Hash? root)
    {
        if (handover.Prior.Origin != origin)
            Add(epoch, $"Its handover is for another log, {handover.Prior.Origin}.");
        if (handover.Prior.Size != epoch.StartSize)
            Add(epoch, $"Its handover adopted size {handover.Prior.Size}; it begins at {epoch.StartSize}.");
        else if (root is not { } recomputed)
            _uncompared.Add((epoch, handover));
        else if (recomputed != handover.Prior.Root)
            Add(epoch, OtherRoot(handover, recomputed));
        if (!handover.NewKey.Equals(epoch.Enclave!.Key))
            Add(epoch, $"Its handover is to another key, {handover.NewKey}.");
        if (before.Enclave is { } enclave && !handover.PriorKey.Equals(enclave.Key))
            Add(epoch, $"Its handover is from {handover.PriorKey}, but the epoch before has {enclave.Key}.");
    }

    private static string OtherRoot(Handover handover, Hash root) =>
        $"Its handover adopted the root {handover.Prior.Root}; the log's is {root}.";

    private void Add(AuditedEpoch epoch, string what) => findings.Add(AuditRule.Handovers, epoch.Name, what);
}
