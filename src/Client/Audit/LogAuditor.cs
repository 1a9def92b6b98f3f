using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Audits a whole chain from what its gateway publishes: reads every tile, recomputes the tree, and compares
/// it with the checkpoint, the epochs and their handovers, and an older checkpoint. Memory does not grow with
/// the log.
/// </summary>
/// <param name="client">Reaches the gateway; its token, if any, must be for the chain.</param>
/// <param name="enclaves">The images and the root that are accepted.</param>
/// <param name="options">What else the audit goes by.</param>
public sealed class LogAuditor(SequencerClient client, EnclaveVerifier enclaves, LogAuditOptions options)
{
    private const string Older = "older checkpoint";

    private readonly AuditFindings _findings = new();

    /// <summary>Carries out the audit. An auditor is used once.</summary>
    /// <exception cref="SequencerClientException">
    /// When the gateway refused or could not be reached: the audit then says nothing of the log.
    /// </exception>
    public async Task<AuditReport> AuditAsync(ChainId chain, CancellationToken cancellation = default)
    {
        var log = client.ReadLog(chain);
        var older = ParseOlder();
        // Checkpoints first: an epoch that begins between the reads is then one too many, not too few.
        var served = await AuditedCheckpoint
            .ReadAsync(log, DemandsQuorum, older?.Checkpoint.Size ?? 0, _findings, cancellation)
            .ConfigureAwait(false);
        var epochs = await client.FindEpochsAsync(chain, cancellation).ConfigureAwait(false)
            ?? throw NoSuchChain(chain);
        if (served is null)
            throw NoSuchChain(chain);
        if (served is not [var audited, ..])
            return Unreadable(epochs);

        var checkpoints = new CheckpointAudit(options.Policy, epochs, _findings);
        List<AuditedCheckpoint> signed = [.. served.Where(one => checkpoints.CheckLogSignature(
            AuditRule.LogSignature, one.Where, one.Parsed) is not null)];
        var isSigned = signed.Contains(audited);
        var newest = signed.MaxBy(one => one.Size) ?? audited;
        var epochAudit = new EpochAudit(audited.Parsed.Checkpoint.Origin, enclaves, _findings);
        epochAudit.CheckEpochs(epochs.Epochs);
        var cosigner = checkpoints.CheckCosignature(audited.Where, audited.Parsed, epochAudit.Epochs);
        foreach (var other in served.Skip(1))
            checkpoints.CheckCosignature(other.Where, other.Parsed, epochAudit.Epochs);
        var quorum = DemandsQuorum ? checkpoints.CheckWitnesses(audited.Where, audited.Parsed) : null;
        if (older is not null)
            checkpoints.CheckLogSignature(AuditRule.OlderCheckpoint, Older, older);

        var wanted = epochAudit.Epochs.Select(epoch => epoch.StartSize)
            .Concat(signed.Select(one => one.Size)).Append(older?.Checkpoint.Size ?? 0);
        var walk = new TreeWalk(
            log, newest.Size, wanted.Where(size => size <= newest.Size), options, _findings);
        // A size that nobody signed says nothing of the log, and could keep the walk busy for ever.
        if (isSigned)
        {
            await walk.RunAsync(cancellation).ConfigureAwait(false);
            signed.ForEach(one => CompareRoot(one, walk));
        }

        epochAudit.CheckHandovers(walk.RootAt);
        if (isSigned && older is not null)
            CompareOlder(older.Checkpoint, newest, walk);
        return new()
        {
            Origin = audited.Parsed.Checkpoint.Origin,
            Checkpoint = audited.Parsed.Checkpoint,
            Checks = [.. Conclude(audited, newest, isSigned, cosigner, quorum, epochAudit, walk)],
            Findings = _findings.Kept,
            FindingsCount = _findings.Count,
            EntriesRehashed = options.RehashEntries,
            KeyFromPolicy = options.Policy is not null,
            IsSimulated = epochAudit.IsSimulated,
        };
    }

    private bool DemandsQuorum => options.Policy is { HasWitnesses: true };

    private ParsedCheckpoint? ParseOlder()
    {
        try
        {
            return options.OlderCheckpoint is null ? null : ParsedCheckpoint.Parse(options.OlderCheckpoint);
        }
        catch (TlogException malformed)
        {
            _findings.Add(AuditRule.OlderCheckpoint, Older, malformed.Message);
            return null;
        }
    }

    private void CompareRoot(AuditedCheckpoint signed, TreeWalk walk)
    {
        var checkpoint = signed.Parsed.Checkpoint;
        if (walk.RootAt(checkpoint.Size) is not { } root)
            _findings.Add(AuditRule.Root, signed.Where, "Its root was not recomputed: leaf hashes are missing.");
        else if (root != checkpoint.Root)
        {
            _findings.Add(AuditRule.Root, signed.Where,
                $"It states the root {checkpoint.Root}; the leaf hashes give {root}: leaf hashes were "
                    + "changed, or the checkpoint is of another history.");
        }
    }

    private void CompareOlder(Checkpoint older, AuditedCheckpoint newest, TreeWalk walk)
    {
        if (older.Size > newest.Size)
        {
            _findings.Add(AuditRule.OlderCheckpoint, Older,
                $"It is of size {older.Size}; the log now has {newest.Size}: entries were taken back.");
        }
        else if (walk.RootAt(older.Size) is { } root && root != older.Root)
        {
            _findings.Add(AuditRule.OlderCheckpoint, Older,
                $"At size {older.Size} it states the root {older.Root}; the log's root there is {root}: "
                    + "history was rewritten. Keep both checkpoints: together they prove it.");
        }
        else if (walk.RootAt(older.Size) is null)
        {
            _findings.Add(AuditRule.OlderCheckpoint, Older, "It was not compared: leaf hashes are missing.");
        }
    }

    private IEnumerable<AuditCheck> Conclude(
        AuditedCheckpoint audited, AuditedCheckpoint newest, bool isSigned, AuditedEpoch? cosigner,
        QuorumResult? quorum, EpochAudit epochs, TreeWalk walk)
    {
        var checkpoint = audited.Parsed.Checkpoint;
        var source = options.Policy is null ? "gateway" : "policy";
        yield return _findings.Conclude(
            AuditRule.LogSignature, $"by the key that the {source} names for {checkpoint.Origin}");
        yield return _findings.Conclude(AuditRule.EnclaveCosignature, cosigner is null
            ? "by the enclave of the epoch"
            : $"by {cosigner.Enclave!.Key.Name} of {cosigner.Name}");
        yield return DemandsQuorum
            ? _findings.Conclude(AuditRule.Witnesses, quorum?.Reason ?? "the policy's quorum")
            : NotAsked(AuditRule.Witnesses, "no policy demands any");
        yield return Walked(AuditRule.Tiles, $"{walk.TilesRead} read and compared");
        yield return options.RehashEntries
            ? Walked(AuditRule.Entries, $"{newest.Size} entries hashed")
            : NotAsked(AuditRule.Entries, "not read: only their leaf hashes were checked");
        yield return Walked(AuditRule.Root, $"{checkpoint.Root} at size {checkpoint.Size}");
        yield return _findings.Conclude(
            AuditRule.Epochs, $"{epochs.Epochs.Count}, with their attestation documents");
        yield return Walked(AuditRule.Handovers, $"{Math.Max(0, epochs.Epochs.Count - 1)}");
        yield return options.OlderCheckpoint is not null
            ? Walked(AuditRule.OlderCheckpoint, newest.Size == audited.Size
                ? "of a prefix of this log"
                : $"of a prefix of {newest.Where}, of size {newest.Size}, which no quorum need have cosigned")
            : NotAsked(AuditRule.OlderCheckpoint, "none was given");

        AuditCheck Walked(AuditRule rule, string detail) => _findings.Conclude(rule, isSigned, detail);
    }

    private AuditReport Unreadable(LogEpochs epochs) => new()
    {
        Origin = epochs.Origin,
        Checkpoint = null,
        Checks = [_findings.Conclude(AuditRule.LogSignature, "the checkpoint cannot be read")],
        Findings = _findings.Kept,
        FindingsCount = _findings.Count,
        EntriesRehashed = false,
        KeyFromPolicy = options.Policy is not null,
        IsSimulated = false,
    };

    private static AuditCheck NotAsked(AuditRule rule, string detail) =>
        new(rule, CheckOutcome.NotAsked, detail);

    private static SequencerClientException NoSuchChain(ChainId chain) => new(
        SequencerClientError.Refused, $"The gateway has no chain {chain}: nothing was submitted to it yet.");
}
