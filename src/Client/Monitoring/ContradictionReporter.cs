using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Writes evidence and tells of it: once for each checkpoint that the log contradicts, and each way it does.
/// </summary>
internal sealed class ContradictionReporter(
    EvidenceFolder folder, TlogPolicy? policy, EnclaveVerifier enclaves, TimeProvider time)
{
    /// <summary>
    /// Files that one state accounts for; a log that goes on contradicting itself fills no disk.
    /// </summary>
    private const int FilesMax = 16;

    /// <summary>Tells of two checkpoints that contradict each other.</summary>
    /// <param name="state">Holds the one that was seen before.</param>
    /// <param name="look">The look at the other; takes the event.</param>
    /// <param name="cosigner">The enclave that cosigned the other, if one is known.</param>
    /// <param name="kind">How they contradict each other.</param>
    /// <param name="subtree">What shows it, where the two notes alone do not.</param>
    /// <returns>The state with the evidence noted.</returns>
    public MonitorState Report(
        MonitorState state, CheckpointLook look, VerifiedEnclave? cosigner, ContradictionKind kind,
        SubtreeDisagreement? subtree)
    {
        var checkpoint = look.Checkpoint;
        var what = $"The log signed size {state.Checkpoint.Size} with root {state.Checkpoint.Root}, and now "
            + $"size {checkpoint.Size} with root {checkpoint.Root}: {Describe(kind, subtree)}";
        var earlier = state.Evidence.FirstOrDefault(
            found => found.Size == state.Checkpoint.Size && found.Kind == kind);
        if (earlier is not null)
        {
            look.Events.Add(MonitorEventKind.ContradictionPersists, what, checkpoint, earlier.File);
            return state;
        }

        if (state.Evidence.Count >= FilesMax)
        {
            look.Events.Add(MonitorEventKind.ContradictionPersists,
                $"{what} There are {FilesMax} evidence files already; this one was not written.", checkpoint);
            return state;
        }

        return Save(state, Evidence(state, look.Served, cosigner, kind, subtree), what, look);
    }

    private MonitorState Save(
        MonitorState state, ContradictionEvidence evidence, string what, CheckpointLook look)
    {
        // Nothing is called proven that a reader of the file would not find so.
        var report = new EvidenceVerifier(policy, enclaves).Check(evidence.ToJson());
        if (!report.IsProven)
        {
            var flaw = report.Checks.First(check => check.Outcome == CheckOutcome.Failed);
            look.Events.Add(MonitorEventKind.ContradictionUnproven,
                $"{what} No evidence was written, for it would not prove that: {flaw.Rule}: {flaw.Detail}",
                look.Checkpoint);
            return state;
        }

        try
        {
            var file = folder.Save(evidence);
            look.Events.Add(MonitorEventKind.ContradictionProven,
                $"{what} Keep {file}: it proves this to anybody.", look.Checkpoint, file);
            var found = new FoundEvidence(state.Checkpoint.Size, evidence.Kind, file);
            return state with { Evidence = [.. state.Evidence, found] };
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            look.Events.Add(MonitorEventKind.ContradictionProven,
                $"{what} The evidence cannot be written, and is tried again: {unwritable.Message}",
                look.Checkpoint);
            return state;
        }
    }

    private ContradictionEvidence Evidence(
        MonitorState state, ServedCheckpoint served, VerifiedEnclave? cosigner, ContradictionKind kind,
        SubtreeDisagreement? subtree)
    {
        var before = new EvidenceSide(state.Note, state.Document);
        var now = new EvidenceSide(served.Note, cosigner?.Attestation.Document.Bytes);
        var isSmaller = served.Parsed.Checkpoint.Size < state.Checkpoint.Size;
        return new()
        {
            FoundAt = time.GetUtcNow(),
            Kind = kind,
            LogKey = state.LogKey,
            Older = isSmaller ? now : before,
            Newer = isSmaller ? before : now,
            Disagreement = subtree,
            Witnesses = policy is null
                ? []
                : [.. policy.Witnesses.Select(witness => new EvidenceWitness(witness.Name, witness.Key))],
        };
    }

    private static string Describe(ContradictionKind kind, SubtreeDisagreement? subtree) => kind switch
    {
        ContradictionKind.SameSize => "two histories of one length.",
        ContradictionKind.TimeReversed =>
            "its enclave cosigned the smaller size at a later time than the larger one.",
        _ => $"the entries {subtree!.FirstIndex} to {subtree.LastIndex} are not the same in both.",
    };
}
