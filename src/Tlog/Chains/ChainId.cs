namespace Sequencer.Tlog;

/// <summary>
/// Name of a chain: <c>[a-z0-9][a-z0-9._-]{0,63}</c>. Public, and safe in a path, a URL and an origin.
/// </summary>
public readonly record struct ChainId
{
    /// <summary>Longest chain id, in characters (all of them ASCII).</summary>
    public const int MaxLength = 64;

    private readonly string? _value;

    private ChainId(string value) => _value = value;

    /// <exception cref="InvalidOperationException">
    /// When this is the default value, which names no chain.
    /// </exception>
    public string Value => _value ?? throw new InvalidOperationException("This chain id was never set.");

    /// <summary>
    /// Takes a text as it stands; false, and never a rewritten id, when it breaks the rule.
    /// </summary>
    public static bool TryParse(string? text, out ChainId id)
    {
        id = default;
        if (text is null || text.Length is 0 or > MaxLength || !IsLetterOrDigit(text[0]))
            return false;
        foreach (var c in text)
        {
            if (!IsLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                return false;
        }

        id = new ChainId(text);
        return true;
    }

    public override string ToString() => _value ?? "";

    private static bool IsLetterOrDigit(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');
}
