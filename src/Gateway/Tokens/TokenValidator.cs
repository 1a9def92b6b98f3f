using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// Decides whether a request's token is good, and for which chain. Nothing of a token is ever logged or
/// repeated in an answer.
/// </summary>
internal sealed class TokenValidator(AuthSettings settings, ISigningKeys keys, TimeProvider time)
{
    private const string Scheme = "Bearer ";
    private const int DigestsKept = 1024;

    // A header that a connection repeats comes as the very same string from the server: its digest is known.
    private readonly HeaderDigest?[] _digests = new HeaderDigest?[DigestsKept];

    // A set of keys and the tokens they vouch for are replaced together, so that a withdrawn key takes its
    // tokens along.
    private volatile Remembered _remembered = new(keys.Current, new TokenMemory(settings.TokensRemembered));

    /// <summary>Checks the value of the <c>Authorization</c> header.</summary>
    public ValueTask<TokenCheck> CheckAsync(StringValues authorization, CancellationToken cancellation)
    {
        if (authorization.Count == 0)
            return new(TokenCheck.Refused(ProblemCode.TokenMissing,
                "This call needs a token: send it as `Authorization: Bearer <JWT>`."));
        var header = authorization.Count == 1 ? authorization[0] : null;
        if (header?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true
            || header.Length > Jwt.LengthMax)
            return new(TokenCheck.Refused(ProblemCode.TokenMalformed,
                "Expected exactly one header `Authorization: Bearer <JWT>` of at most 8192 characters."));
        if (!TryDigest(header, out var digest))
            return new(
                TokenCheck.Refused(ProblemCode.TokenMalformed, "The Authorization header must be ASCII."));
        var memory = MemoryOf(keys.Current);
        return memory.Find(digest) is { } known && time.GetUtcNow() < known.Expires
            ? new(TokenCheck.Accepted(known))
            : CheckNewAsync(header[Scheme.Length..].Trim(' '), digest, cancellation);
    }

    private async ValueTask<TokenCheck> CheckNewAsync(
        string compact, Hash digest, CancellationToken cancellation)
    {
        if (!Jwt.Parse(compact).TryGet(out var token, out var problem))
            return TokenCheck.Refused(problem);
        if (!keys.Current.CandidatesFor(token).Any())
            await keys.RefreshAsync(cancellation);
        var set = keys.Current;
        if (RefuseSignature(token, set) is { } unsigned)
            return unsigned;
        var check = CheckClaims(token.Payload);
        if (check.Token is not null)
            MemoryOf(set).Add(digest, check.Token);
        return check;
    }

    private static TokenCheck? RefuseSignature(Jwt token, SigningKeySet set)
    {
        if (set.IsEmpty)
            return TokenCheck.Refused(ProblemCode.KeysUnavailable,
                "The token issuer's keys could not be read yet; try again in a few seconds.");
        var candidates = set.CandidatesFor(token).ToList();
        if (candidates.Count == 0)
            return TokenCheck.Refused(ProblemCode.TokenKeyUnknown,
                "No key for the algorithm and kid of this token is known here; "
                + "get a token from this service's issuer.");
        return candidates.Exists(key => key.Signed(token))
            ? null
            : TokenCheck.Refused(ProblemCode.TokenSignature,
                "The token's signature does not verify; get a token from this service's issuer.");
    }

    private TokenCheck CheckClaims(byte[] payload)
    {
        using var document = Jwt.ParseObject(payload);
        if (document is null)
            return TokenCheck.Refused(
                ProblemCode.TokenMalformed, "The token's payload must be a JSON object.");
        var claims = new TokenClaims(document.RootElement);
        if (claims.Moment("exp") is not { } expiry)
            return TokenCheck.Refused(ProblemCode.TokenExpiryMissing,
                "The token has no exp, a number of seconds since 1970; every token must end.");
        var skew = TimeSpan.FromSeconds(settings.ClockSkewSeconds);
        var now = time.GetUtcNow();
        if (now >= expiry + skew)
            return TokenCheck.Refused(ProblemCode.TokenExpired, "The token has expired; get a new one.");
        if (claims.Has("nbf") && (claims.Moment("nbf") is not { } start || now < start - skew))
            return TokenCheck.Refused(ProblemCode.TokenNotYetValid, "The token is not valid yet (nbf).");
        if (settings.Issuer.Length > 0 && claims.Text("iss") != settings.Issuer)
            return TokenCheck.Refused(
                ProblemCode.TokenIssuer, "The token's iss is not the issuer accepted here.");
        if (settings.Audience.Length > 0 && !claims.IsAudience(settings.Audience))
            return TokenCheck.Refused(
                ProblemCode.TokenAudience, "The token's aud does not name this service.");
        return CheckSubject(claims, expiry + skew);
    }

    private static TokenCheck CheckSubject(TokenClaims claims, DateTimeOffset expires)
    {
        if (claims.Text("sub") is not { Length: > 0 } subject)
            return TokenCheck.Refused(
                ProblemCode.TokenSubjectMissing, "The token has no sub, which names its chain.");
        if (!ChainId.TryParse(subject, out var chain))
            return TokenCheck.Refused(ProblemCode.ChainIdInvalid,
                "The token's sub is no chain id; one matches [a-z0-9][a-z0-9._-]{0,63}.");
        return TokenCheck.Accepted(new ChainToken(chain, !claims.IsReadOnly, expires));
    }

    private TokenMemory MemoryOf(SigningKeySet set)
    {
        var remembered = _remembered;
        if (ReferenceEquals(remembered.Keys, set))
            return remembered.Memory;
        remembered = new Remembered(set, new TokenMemory(settings.TokensRemembered));
        _remembered = remembered;
        return remembered.Memory;
    }

    private bool TryDigest(string header, out Hash digest)
    {
        ref var place = ref _digests[RuntimeHelpers.GetHashCode(header) % DigestsKept];
        if (Volatile.Read(ref place) is { } known && ReferenceEquals(known.Header, header))
        {
            digest = known.Digest;
            return true;
        }

        if (!TryCompute(header, out digest))
            return false;
        Volatile.Write(ref place, new HeaderDigest(header, digest));
        return true;
    }

    private static bool TryCompute(string header, out Hash digest)
    {
        digest = default;
        var ascii = header.Length <= 1024 ? stackalloc byte[header.Length] : new byte[header.Length];
        if (Ascii.FromUtf16(header, ascii, out _) != OperationStatus.Done)
            return false;
        Span<byte> sha256 = stackalloc byte[Hash.SizeBytes];
        SHA256.HashData(ascii, sha256);
        digest = Hash.Read(sha256);
        return true;
    }

    private sealed record HeaderDigest(string Header, Hash Digest);

    private sealed record Remembered(SigningKeySet Keys, TokenMemory Memory);
}
