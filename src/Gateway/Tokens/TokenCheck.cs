using System.Diagnostics.CodeAnalysis;

namespace Sequencer.Gateway;

/// <summary>The outcome of looking at a request's token: the token, or why it is refused.</summary>
internal readonly record struct TokenCheck
{
    public ChainToken? Token { get; private init; }

    public Problem? Refusal { get; private init; }

    public static TokenCheck Accepted(ChainToken token) => new() { Token = token };

    public static TokenCheck Refused(Problem refusal) => new() { Refusal = refusal };

    public static TokenCheck Refused(ProblemCode code, string detail) => Refused(new Problem(code, detail));

    public bool IsAccepted(
        [NotNullWhen(true)] out ChainToken? token, [NotNullWhen(false)] out Problem? refusal)
    {
        token = Token;
        refusal = Refusal;
        return token is not null;
    }
}
