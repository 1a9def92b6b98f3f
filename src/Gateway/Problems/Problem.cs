namespace Sequencer.Gateway;

/// <summary>One refusal: the result of a call that answers problem+json (RFC 9457).</summary>
/// <param name="Detail">A sentence for the caller: what was wrong and what to do. Never a token, never
/// payload.</param>
internal sealed record Problem(ProblemCode Code, string Detail) : IResult
{
    /// <summary>
    /// When trying again may help; sent as <c>Retry-After</c> in whole seconds, rounded up.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Zero-based place in the batch of the entry that was refused.</summary>
    public int? Position { get; init; }

    /// <summary>Index that the first entry has nevertheless.</summary>
    public ulong? FirstIndex { get; init; }

    public int Status => ProblemTable.StatusOf(Code);

    /// <summary>Answers with the problem. Nothing of the answer may have been sent.</summary>
    public Task ExecuteAsync(HttpContext httpContext) => ProblemAnswer.WriteAsync(httpContext, this);
}
