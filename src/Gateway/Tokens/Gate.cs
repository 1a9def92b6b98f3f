using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// Decides for each call whether the request's token allows it. Every endpoint that is not open asks here.
/// </summary>
internal sealed class Gate(TokenValidator tokens, ChainSettings chains)
{
    /// <summary>A token that may append to its chain.</summary>
    public async ValueTask<TokenCheck> WriterAsync(HttpContext context)
    {
        var check = await ReaderAsync(context);
        return check.Token is { CanWrite: false }
            ? TokenCheck.Refused(ProblemCode.TokenReadOnly,
                "The token's scope limits it to reading; appending needs a scope with write, or none.")
            : check;
    }

    /// <summary>A token that may read its chain, as every good token may.</summary>
    public ValueTask<TokenCheck> ReaderAsync(HttpContext context) =>
        tokens.CheckAsync(context.Request.Headers.Authorization, context.RequestAborted);

    /// <summary>
    /// Null when no token was sent, or a good one for any chain. For calls that need none: a token spares its
    /// caller the limits of <see cref="RateLimits.PublicReads"/>, so it must be one.
    /// </summary>
    public async ValueTask<Problem?> RefuseBadTokenAsync(HttpContext context) =>
        context.Request.Headers.Authorization.Count == 0 ? null : (await ReaderAsync(context)).Refusal;

    /// <summary>
    /// Null when the request may read the log of <paramref name="chain"/>: the chain is public and no token
    /// was sent, or the token is for this chain. A token that was sent must be good, even where none is
    /// needed.
    /// </summary>
    public async ValueTask<Problem?> RefuseLogReaderAsync(
        HttpContext context, ChainId chain, bool readsEntries)
    {
        var access = chains.AccessOf(chain);
        var isOpen = access.Public && (!readsEntries || access.PublicEntries);
        if (isOpen && context.Request.Headers.Authorization.Count == 0)
            return null;
        var check = await ReaderAsync(context);
        if (!check.IsAccepted(out var token, out var refusal))
            return refusal;
        return isOpen || token.Chain == chain
            ? null
            : new Problem(ProblemCode.OtherChain, "The token is for another chain; this one is not public.");
    }
}
