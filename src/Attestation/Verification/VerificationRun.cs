using System.Diagnostics;

namespace Sequencer.Attestation;

/// <summary>
/// One verification: the rules in their order. Each rule says in words what it found, or throws; a rule that
/// builds on a failed one is not reached. The document is accepted when none failed.
/// </summary>
internal sealed class VerificationRun : IDisposable
{
    /// <summary>How far ahead of the present a document's clock may be.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly AttestationPolicy _policy;
    private readonly VerificationTime _time;
    private readonly List<AttestationCheck> _checks = [];
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

    /// <summary>The first rule that failed; null before that, and when none did.</summary>
    public AttestationException? FirstFailure { get; private set; }

    public AttestationReport Execute()
    {
        var parsed = Rule("The document has the form of a Nitro document", true, ReadDocument);
        CheckChainRules(parsed);
        CheckPolicyRules(parsed);
        return new AttestationReport(_checks, _document, FirstFailure is null ? Verified() : null);
    }

    public void Dispose()
    {
        foreach (var certificate in _chain)
            certificate.Dispose();
    }

    private void CheckChainRules(bool parsed)
    {
        var root = _policy.Root;
        var loaded = Rule("Every certificate can be read", parsed, LoadCertificates);
        var rooted = Rule(
            $"The chain begins with the pinned {(root.IsSimulated ? "SIMULATED" : "AWS")} root", loaded, () =>
            {
                ChainRules.CheckRoot(_chain, root);
                return $"{root.Subject}, SHA-256 {root.Sha256}.";
            });
        var keyed = Rule("Every key is EC P-384", loaded, () => Quiet(() => ChainRules.CheckKeys(_chain)));
        Rule("Every issuer is a certificate authority, the leaf is none", loaded,
            () => Quiet(() => ChainRules.CheckAuthorities(_chain)));
        Rule("The chain is no longer than its issuers allow", loaded,
            () => Quiet(() => ChainRules.CheckPathLengths(_chain)));
        Rule("Every certificate is used for what it may be used for", loaded,
            () => Quiet(() => ChainRules.CheckKeyUsages(_chain)));
        Rule("No certificate has a critical extension that is not understood", loaded,
            () => Quiet(() => ChainRules.CheckExtensions(_chain)));
        Rule("Every certificate is valid at the time of verification", loaded, () =>
        {
            ChainRules.CheckValidity(_chain, _instant);
            return $"{Words.Instant(_instant)}, {TimeInWords()}.";
        });
        Rule("Every certificate is signed by the one before it", rooted && keyed,
            () => Quiet(() => ChainRules.CheckSignatures(_chain)));
        Rule("The document is signed by the leaf's key", keyed, CheckSignature);
    }

    private void CheckPolicyRules(bool parsed)
    {
        var present = Rule("PCR0, PCR1 and PCR2 are in the document", parsed,
            () => Quiet(() => PolicyRules.CheckPresent(_document!)));
        var real = Rule("The enclave is not in debug mode", present, () =>
        {
            _image = PolicyRules.ReadImage(_document!);
            return "PCR0, PCR1 and PCR2 are not zero.";
        });
        const string imageRule = "The image is an accepted one";
        if (_policy.Images.IsPinned)
            Rule(imageRule, real, () => PolicyRules.CheckImage(_document!, _image!, _policy.Images));
        else
            NotAsked(imageRule, "No images were given: any image passes.");

        CheckField("The nonce is the expected one", _policy.Nonce, parsed,
            AttestationError.NonceMismatch, () => _document!.Nonce);
        CheckField("The public key is the expected one", _policy.PublicKey, parsed,
            AttestationError.PublicKeyMismatch, () => _document!.PublicKey);
        CheckField("The user data are the expected ones", _policy.UserData, parsed,
            AttestationError.UserDataMismatch, () => _document!.UserData);
        CheckAge(parsed);
    }

    private void CheckField(string rule, ReadOnlyMemory<byte>? wanted, bool reached, AttestationError error,
        Func<ReadOnlyMemory<byte>?> found)
    {
        if (wanted is { } bytes)
            Rule(rule, reached, () => Quiet(() => PolicyRules.CheckField(bytes, found(), error)));
        else
            NotAsked(rule, "The policy demands none.");
    }

    private void CheckAge(bool parsed)
    {
        const string rule = "The document is not from the future and not too old";
        if (_time is not VerificationTime.Now && _policy.MaxAge is null)
        {
            NotAsked(rule, "This verifies what was at that time, not what is now.");
            return;
        }

        Rule(rule, parsed, () => PolicyRules.CheckAge(
            _document!.Timestamp, _instant, _policy.MaxAge, _policy.MaxAge ?? ClockTolerance));
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

    private string CheckSignature()
    {
        using var key = _chain[^1].PublicKey();
        return CoseSignature.Verify(key, _document!.Payload.Span, _document.Signature.Span)
            ? ""
            : throw new AttestationException(AttestationError.BadSignature,
                "The leaf's key did not sign this payload: it was changed or forged.");
    }

    private bool Rule(string rule, bool reached, Func<string> body)
    {
        if (!reached)
        {
            _checks.Add(new AttestationCheck(rule, CheckOutcome.NotReached, "A rule it builds on failed."));
            return false;
        }

        try
        {
            _checks.Add(new AttestationCheck(rule, CheckOutcome.Passed, body()));
            return true;
        }
        catch (AttestationException exception)
        {
            FirstFailure ??= exception;
            _checks.Add(new AttestationCheck(rule, CheckOutcome.Failed, exception.Message, exception.Reason));
            return false;
        }
    }

    private void NotAsked(string rule, string why) =>
        _checks.Add(new AttestationCheck(rule, CheckOutcome.NotAsked, why));

    private static string Quiet(Action check)
    {
        check();
        return "";
    }

    private string TimeInWords() => SourceOfTime() switch
    {
        TimeSource.Now => "the present",
        TimeSource.DocumentTimestamp => "the document's own timestamp",
        _ => "the given time",
    };

    private VerifiedAttestation Verified() => new(
        _document!, _image!, _policy.Images.IsPinned, _policy.Root, _instant, SourceOfTime(),
        [.. _chain.Select(certificate =>
            new VerifiedCertificate(certificate.Subject, certificate.NotBefore, certificate.NotAfter))]);

    private TimeSource SourceOfTime() => _time switch
    {
        VerificationTime.Now => TimeSource.Now,
        VerificationTime.DocumentTimestamp => TimeSource.DocumentTimestamp,
        _ => TimeSource.Given,
    };
}
