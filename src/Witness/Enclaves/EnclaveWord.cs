using Sequencer.Attestation;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>
/// Demands, where the rule says so, that an enclave of an accepted image signed the checkpoint: its
/// cosignature (type 0x04), or its signature of a proposal (type 0x01) under the same name. Whoever holds the
/// log's key alone then gets nothing cosigned. A key is bound to its image by the attestation document among
/// the log's epochs; those are fetched when a key is met that is not known yet. Safe for concurrent use.
/// </summary>
internal sealed partial class EnclaveWord(EpochSource epochs, ILogger<EnclaveWord> logger)
{
    /// <summary>
    /// Keys that are remembered for each rule, two for each enclave; beyond, all are learnt anew.
    /// </summary>
    private const int KeysMax = 512;

    private readonly Lock _lock = new();

    /// <summary>Keys of accepted enclaves. Guarded by the lock.</summary>
    private readonly Dictionary<EnclaveRule, HashSet<VerifierKey>> _known =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The enclave's good signatures, none where none is demanded; or why that is not enough.
    /// </summary>
    public async ValueTask<Checked<NoteSignature[]>> CheckAsync(
        CosignRequest request, CancellationToken cancellation)
    {
        // Of an empty log nothing is ordered yet, and no enclave has begun to.
        if (request.Rule.Enclave is not { } rule || request.Checkpoint.Size == 0)
            return Array.Empty<NoteSignature>();
        var lines = request.Note.Signatures.Where(line => line.Name == rule.CosignerName).ToList();
        if (lines.Count == 0)
        {
            return NotByEnclave(
                $"it carries no signature by {rule.CosignerName}, and the log's own key is not enough for "
                + "this witness");
        }

        if (Judge(request, rule, lines) is { } known)
            return known;
        switch (await epochs.FetchAsync(request, rule, cancellation))
        {
            case Checked<LogEpochs>.Bad(var unavailable):
                return unavailable;
            case Checked<LogEpochs>.Good(var fetched):
                Learn(rule, request.Checkpoint.Origin, lines, fetched.Epochs);
                break;
        }

        return Judge(request, rule, lines) ?? NotByEnclave(
            $"none of its signatures by {rule.CosignerName} is by an enclave that the log's epochs show to "
            + "run an accepted image");
    }

    /// <summary>Judges the lines by known keys; null when no line is by one.</summary>
    private Checked<NoteSignature[]>? Judge(
        CosignRequest request, EnclaveRule rule, List<NoteSignature> lines)
    {
        List<VerifierKey> keys;
        lock (_lock)
        {
            keys = _known.TryGetValue(rule, out var known)
                ? [.. known.Where(key => lines.Exists(line => line.Claims(key)))]
                : [];
        }

        if (keys.Count == 0)
            return null;
        try
        {
            request.Note.Verify(keys);
            return lines.Where(line => keys.Exists(line.Claims)).Take(2).ToArray();
        }
        catch (TlogException bad)
        {
            return NotByEnclave($"its enclave's signature is not good: {bad.Message}");
        }
    }

    /// <summary>Remembers the keys, of those that the lines name, whose documents hold.</summary>
    private void Learn(
        EnclaveRule rule, string origin, List<NoteSignature> lines, IReadOnlyList<LogEpoch> fetched)
    {
        foreach (var epoch in fetched)
        {
            // Documents are costly to verify: of all epochs, only those of the keys that signed.
            if (KeysOf(epoch.CosignerKey) is not { } keys
                || !lines.Exists(line => keys.Any(line.Claims)))
                continue;
            try
            {
                var enclave = rule.Verifier.Verify(epoch.AttestationDocument);
                if (!enclave.Key.Equals(keys[0]) || enclave.Key.Name != rule.CosignerName)
                    continue;
                Remember(rule, keys);
                LogAccepted(origin, enclave.Key, enclave.Attestation.Image);
            }
            catch (AttestationException refused)
            {
                LogNotAccepted(origin, epoch.CosignerKey, refused.Message);
            }
        }
    }

    private void Remember(EnclaveRule rule, VerifierKey[] keys)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(rule, out var known))
                _known.Add(rule, known = []);
            if (known.Count >= KeysMax)
                known.Clear();
            known.UnionWith(keys);
        }
    }

    /// <summary>
    /// The enclave's key as a cosigner and as the signer of proposals; null when the text is no vkey.
    /// </summary>
    private static VerifierKey[]? KeysOf(string cosignerKey)
    {
        try
        {
            var key = VerifierKey.Parse(cosignerKey);
            return [key, key.AsSigner()];
        }
        catch (TlogException)
        {
            return null;
        }
    }

    private static Verdict.Refused NotByEnclave(string why) =>
        new(RefusalReason.NotSignedByEnclave, $"No accepted enclave signed the checkpoint: {why}.");

    [LoggerMessage(LogLevel.Information, "{Origin}: the enclave {Key} runs the accepted image {Image}")]
    private partial void LogAccepted(string origin, VerifierKey key, ImageMeasurement image);

    [LoggerMessage(LogLevel.Warning, "{Origin}: the enclave {Key} is not accepted: {Reason}")]
    private partial void LogNotAccepted(string origin, string key, string reason);
}
