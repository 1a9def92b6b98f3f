using System.Globalization;
using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>One verification of evidence: what each check found. Owned by one flow.</summary>
internal sealed class EvidenceRun(TlogPolicy? policy, EnclaveVerifier enclaves)
{
    private readonly List<EvidenceCheck> _checks = [];
    private readonly List<string> _witnessesOfBoth = [];
    private ContradictionEvidence? _evidence;
    private Cosigned? _older;
    private Cosigned? _newer;
    private bool _isShown;

    public void Execute(string json)
    {
        try
        {
            _evidence = ContradictionEvidence.Parse(json);
        }
        catch (FormatException malformed)
        {
            Add("form", CheckOutcome.Failed, malformed.Message);
            return;
        }

        var older = ParsedCheckpoint.Parse(_evidence.Older.Checkpoint);
        var newer = ParsedCheckpoint.Parse(_evidence.Newer.Checkpoint);
        var sizes = $"{older.Checkpoint.Size} and {newer.Checkpoint.Size}";
        Add("form", CheckOutcome.Passed, $"two checkpoints of {_evidence.Origin}, of sizes {sizes}");
        var keys = LogKeys();
        CheckLogSignature("older", older, keys);
        CheckLogSignature("newer", newer, keys);
        _older = CheckEnclave("older", older, _evidence.Older.AttestationDocument);
        _newer = CheckEnclave("newer", newer, _evidence.Newer.AttestationDocument);
        CheckContradiction(older.Checkpoint, newer.Checkpoint);
        CheckWitnesses(older, newer);
    }

    public EvidenceReport Report() => new()
    {
        Checks = _checks,
        Evidence = _evidence,
        IsProven = _isShown && _checks.TrueForAll(check => check.Outcome != CheckOutcome.Failed),
        KeyFromPolicy = policy is not null,
        OlderEnclave = _older?.Enclave,
        NewerEnclave = _newer?.Enclave,
        WitnessesOfBoth = _witnessesOfBoth,
    };

    private VerifierKey[] LogKeys() => policy is null
        ? [_evidence!.LogKey]
        : [.. from log in policy.Logs where log.Key.Equals(_evidence!.LogKey) select log.Key];

    private void CheckLogSignature(string side, ParsedCheckpoint signed, VerifierKey[] keys)
    {
        var rule = $"{side}: log signature";
        if (keys.Length == 0)
        {
            Add(rule, CheckOutcome.Failed,
                $"The policy does not name the key {_evidence!.LogKey} that the evidence is about.");
            return;
        }

        Try(rule, () => signed.SignaturesBy(keys).Count == 0
            ? (CheckOutcome.Failed, $"It is not signed by the key {Named(keys[0])}.")
            : (CheckOutcome.Passed, $"by {Named(keys[0])}"));
    }

    /// <summary>The accepted enclave that cosigned; null when there is none, for whatever reason.</summary>
    private Cosigned? CheckEnclave(string side, ParsedCheckpoint signed, ReadOnlyMemory<byte>? document)
    {
        var rule = $"{side}: enclave cosignature";
        if (document is not { } bytes)
        {
            Add(rule, CheckOutcome.NotAsked, "there is no attestation document");
            return null;
        }

        Cosigned? cosigned = null;
        Try(rule, () =>
        {
            var enclave = enclaves.Verify(bytes);
            if (signed.SignaturesBy([enclave.Key]) is not [var signature, ..])
                return (CheckOutcome.Failed, $"It is not cosigned by {Named(enclave.Key)} of the document.");
            cosigned = new(enclave, signature.Time!.Value);
            return (CheckOutcome.Passed, string.Create(CultureInfo.InvariantCulture,
                $"by {Named(enclave.Key)} at {cosigned.Time}, of the image {enclave.Attestation.Image}"));
        });
        return cosigned;
    }

    private void CheckContradiction(Checkpoint older, Checkpoint newer)
    {
        var subtree = _evidence!.Disagreement;
        var (flaw, shown) = _evidence.Kind switch
        {
            ContradictionKind.SameSize => (
                older.Root == newer.Root ? "Both checkpoints have the same root." : null,
                $"two roots for the one size {older.Size}: {older.Root} and {newer.Root}"),
            ContradictionKind.NotAPrefix => (
                subtree!.FindFlaw(older, newer),
                $"the entries {subtree.FirstIndex} to {subtree.LastIndex} hash to {subtree.Older} in the "
                    + $"older tree, to {subtree.Newer} in the newer"),
            _ => (
                FindTimeFlaw(),
                $"size {older.Size} was cosigned at {_older?.Time}, after size {newer.Size} at "
                    + $"{_newer?.Time}"),
        };
        _isShown = flaw is null;
        Add("contradiction", _isShown ? CheckOutcome.Passed : CheckOutcome.Failed, flaw ?? shown);
    }

    private string? FindTimeFlaw()
    {
        if (_older is null || _newer is null)
            return "Only the cosignatures of accepted enclaves can show it, and one is missing.";
        if (!_older.Enclave.Key.Equals(_newer.Enclave.Key))
            return "Two enclaves cosigned: neither has gone back.";
        return _older.Time > _newer.Time ? null : "The smaller size was not cosigned at a later time.";
    }

    /// <summary>Names who cosigned both; it adds to the proof and never takes from it.</summary>
    private void CheckWitnesses(ParsedCheckpoint older, ParsedCheckpoint newer)
    {
        var witnesses = policy is null
            ? [.. _evidence!.Witnesses.Select(witness => (witness.Name, witness.Key))]
            : policy.Witnesses.Select(witness => (witness.Name, witness.Key)).ToList();
        if (witnesses.Count == 0)
        {
            Add("witnesses", CheckOutcome.NotAsked, "none are known");
            return;
        }

        VerifierKey[] keys = [.. witnesses.Select(witness => witness.Key)];
        var first = WitnessLines.Read(older.Note, keys);
        var second = WitnessLines.Read(newer.Note, keys);
        _witnessesOfBoth.AddRange(from witness in witnesses
                                  where first.Cosigners.Contains(witness.Key)
                                      && second.Cosigners.Contains(witness.Key)
                                  select witness.Name);
        var bad = first.BadCount + second.BadCount;
        Add("witnesses", CheckOutcome.Passed,
            $"{first.Cosigners.Count} cosigned the older, {second.Cosigners.Count} the newer, "
                + $"{_witnessesOfBoth.Count} both"
                + (bad == 0 ? "" : $"; lines that do not verify, and are not counted: {bad}"));
    }

    /// <summary>Adds what a check finds; a refusal on the way is its failure.</summary>
    private void Try(string rule, Func<(CheckOutcome Outcome, string Detail)> check)
    {
        try
        {
            var (outcome, detail) = check();
            Add(rule, outcome, detail);
        }
        catch (TlogException wrong)
        {
            Add(rule, CheckOutcome.Failed, wrong.Message);
        }
        catch (AttestationException notOurs)
            when (notOurs.Reason is AttestationError.RootNotTrusted or AttestationError.ImageNotAccepted
                or AttestationError.DebugMode)
        {
            Add(rule, CheckOutcome.NotAsked, $"not one that is accepted here. {notOurs.Message}");
        }
        catch (AttestationException broken)
        {
            Add(rule, CheckOutcome.Failed, broken.Message);
        }
    }

    private void Add(string rule, CheckOutcome outcome, string detail) =>
        _checks.Add(new(rule, outcome, detail));

    private static string Named(VerifierKey key) =>
        string.Create(CultureInfo.InvariantCulture, $"{key.Name}, key {key.KeyId:x8}");

    private sealed record Cosigned(VerifiedEnclave Enclave, ulong Time);
}
