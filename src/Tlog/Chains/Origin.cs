namespace Sequencer.Tlog;

/// <summary>
/// The identity of a chain as a log: <c>&lt;log prefix&gt;/&lt;chain id&gt;</c>, its URL without scheme.
/// </summary>
public static class Origin
{
    /// <summary>Longest log prefix, in UTF-8 bytes: every chain id must fit behind it.</summary>
    public const int MaxPrefixSizeBytes = Checkpoint.MaxOriginSizeBytes - 1 - ChainId.MaxLength;

    /// <summary>The origin of a chain; also the name of the key that signs its checkpoints.</summary>
    /// <exception cref="ArgumentException">
    /// When the prefix is not one, see <see cref="CheckPrefix"/>.
    /// </exception>
    public static string For(string logPrefix, ChainId chain)
    {
        CheckPrefix(logPrefix);
        return $"{logPrefix}/{chain.Value}";
    }

    /// <summary>Returns when the prefix is, for example, <c>sequencer.example/log</c>.</summary>
    /// <exception cref="ArgumentException">
    /// When it is empty or too long, has a scheme, a space, a plus or anything beside printable ASCII, as hosts and
    /// paths of URLs have, or begins or ends with a slash.
    /// </exception>
    public static void CheckPrefix(string logPrefix)
    {
        ArgumentNullException.ThrowIfNull(logPrefix);
        if (logPrefix.Length == 0
            || logPrefix.AsSpan().ContainsAnyExceptInRange('!', '~')
            || logPrefix.Contains('+')
            || logPrefix.Contains("://", StringComparison.Ordinal)
            || logPrefix.StartsWith('/')
            || logPrefix.EndsWith('/'))
        {
            throw new ArgumentException(
                $"The log prefix '{logPrefix}' must look like 'sequencer.example/log': "
                + "ASCII, no scheme, no spaces, no '+', no slash at either end.", nameof(logPrefix));
        }

        if (logPrefix.Length > MaxPrefixSizeBytes)
        {
            throw new ArgumentException(
                $"The log prefix is at most {MaxPrefixSizeBytes} bytes; it has {logPrefix.Length}.",
                nameof(logPrefix));
        }
    }
}
