using System.Diagnostics;

namespace Sequencer.Attestation;

/// <summary>
/// One verification: the rules in their order. A rule that builds on a failed one is not reached; the
/// others are evaluated all the same. The document is accepted when none failed.
/// </summary>
internal sealed class VerificationRun : IDisposable
{
    /// <summary>How far ahead of the present a document's clock may be.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly AttestationPolicy _policy;
    private readonly VerificationTime _time;
    private readonly RuleLog _log = new();
    private readonly List<NitroCertificate> _chain = [];

    private AttestationDocument? _document;
    private ImageMeasurement? _image;
    private DateTimeOffset _instant;

    public VerificationRun(ReadOnlyMemory<byte> bytes, AttestationPolicy policy, VerificationTime time)
    {
        if (policy.MaxAge is not null && time is VerificationTime.DocumentTimestamp)
        {
            throw new ArgumentException(
                "A document is never old at its own timestamp: leave MaxAge out, or verify at another time.",
                nameof(policy));
        }

        _bytes = bytes;
        _policy = policy;
        _time = time;
    }

    public AttestationException? FirstFailure => _log.FirstFailure;

    public AttestationReport Execute()
    {
        var parsed = _log.Rule("The document has the form of a Nitro document", true, ReadDocument);
        CheckChain(parsed);
        CheckImage(parsed);
        CheckFields(parsed);
        CheckAge(parsed);
        return new AttestationReport(_log.Checks, _document, FirstFailure is null ? Verified() : null);
    }

    public void Dispose()
    {
        foreach (var certificate in _chain)
            certificate.Dispose();
    }

    private void CheckChain(bool parsed)
    {
        var root = _policy.Root;
        var loaded = _log.Rule("Every certificate can be read", parsed, LoadCertificates);
        var rooted = _log.Rule(
            $"The chain begins with the pinned {(root.IsSimulated ? "SIMULATED" : "AWS")} root", loaded,
            () => ChainRules.CheckRoot(_chain, root));
        var keyed = _log.Rule("Every key is EC P-384", loaded, () => ChainRules.CheckKeys(_chain));
        _log.Rule("Every issuer is a certificate authority, the leaf is none", loaded,
            () => ChainRules.CheckAuthorities(_chain));
        _log.Rule("The chain is no longer than its issuers allow", loaded,
            () => ChainRules.CheckPathLengths(_chain));
        _log.Rule("Every certificate is used for what it may be used for", loaded,
            () => ChainRules.CheckKeyUsages(_chain));
        _log.Rule("No certificate has a critical extension that is not understood", loaded,
            () => ChainRules.CheckExtensions(_chain));
        _log.Rule("Every certificate is valid at the time of verification", loaded, () =>
        {
            ChainRules.CheckValidity(_chain, _instant);
            return $"{Words.Instant(_instant)}, {TimeInWords()}.";
        });
        _log.Rule("Every certificate is signed by the one before it", rooted && keyed,
            () => ChainRules.CheckSignatures(_chain));
        _log.Rule("The document is signed by the leaf's key", keyed, CheckSignature);
    }

    private void CheckImage(bool parsed)
    {
        var present = _log.Rule("PCR0, PCR1 and PCR2 are in the document", parsed,
            () => PolicyRules.CheckPresent(_document!));
        var real = _log.Rule("The enclave is not in debug mode", present, () =>
        {
            _image = PolicyRules.ReadImage(_document!);
            return "PCR0, PCR1 and PCR2 are not zero.";
        });
        _log.Rule(AttestationVerifier.ImageRule, real,
            () => PolicyRules.CheckImage(_document!, _image!, _policy.Images));
    }

    private void CheckFields(bool parsed)
    {
        CheckField("The nonce is the expected one", parsed, _policy.Nonce, () => _document!.Nonce,
            AttestationError.NonceMismatch);
        CheckField(
            "The public key is the expected one", parsed, _policy.PublicKey, () => _document!.PublicKey,
            AttestationError.PublicKeyMismatch);
        CheckField("The user data are the expected ones", parsed, _policy.UserData, () => _document!.UserData,
            AttestationError.UserDataMismatch);
    }

    private void CheckField(
        string rule, bool parsed, ReadOnlyMemory<byte>? wanted, Func<ReadOnlyMemory<byte>?> found,
        AttestationError error)
    {
        if (wanted is { } bytes)
            _log.Rule(rule, parsed, () => PolicyRules.CheckField(bytes, found(), error));
        else
            _log.NotAsked(rule, "The policy demands none.");
    }

    private void CheckAge(bool parsed)
    {
        const string rule = "The document is not from the future and not too old";
        if (_time is VerificationTime.Now || _policy.MaxAge is not null)
        {
            _log.Rule(rule, parsed, () => PolicyRules.CheckAge(
                _document!.Timestamp, _instant, _policy.MaxAge, _policy.MaxAge ?? ClockTolerance));
        }
        else
        {
            _log.NotAsked(rule, "This verifies what was at that time, not what is now.");
        }
    }

    private string ReadDocument()
    {
        _document = AttestationDocument.Parse(_bytes);
        _instant = _time switch
        {
            VerificationTime.Now now => now.Clock.GetUtcNow(),
            VerificationTime.At at => at.Instant,
            VerificationTime.DocumentTimestamp => _document.Timestamp,
            _ => throw new UnreachableException(),
        };
        return _document.UnknownKeys.Count == 0
            ? ""
            : $"Signed but not understood here: {string.Join(", ", _document.UnknownKeys)}.";
    }

    private string LoadCertificates()
    {
        for (var i = 0; i < _document!.CaBundle.Count; i++)
            _chain.Add(NitroCertificate.Load(_document.CaBundle[i], $"cabundle[{i}]"));
        _chain.Add(NitroCertificate.Load(_document.Certificate, "the leaf"));
        return $"{_chain.Count} certificates, for {_chain[^1].Subject}.";
    }

    private void CheckSignature()
    {
        using var key = _chain[^1].PublicKey();
        if (!CoseSignature.Verify(key, _document!.Payload.Span, _document.Signature.Span))
        {
            throw new AttestationException(AttestationError.BadSignature,
                "The leaf's key did not sign this payload: it was changed or forged.");
        }
    }

    private VerifiedAttestation Verified() => new(
        _document!, _image!, _policy.Root, _instant, SourceOfTime(),
        [.. _chain.Select(certificate =>
            new VerifiedCertificate(certificate.Subject, certificate.NotBefore, certificate.NotAfter))]);

    private TimeSource SourceOfTime() => _time switch
    {
        VerificationTime.Now => TimeSource.Now,
        VerificationTime.DocumentTimestamp => TimeSource.DocumentTimestamp,
        _ => TimeSource.Given,
    };

    private string TimeInWords() => SourceOfTime() switch
    {
        TimeSource.Now => "the present",
        TimeSource.DocumentTimestamp => "the document's own timestamp",
        _ => "the given time",
    };
}
