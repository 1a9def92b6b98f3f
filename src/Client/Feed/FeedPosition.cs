using System.Globalization;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// How far a chain was followed: all that is needed to go on from there and to notice any other history. Its
/// text, one line, can be kept in a file.
/// </summary>
public sealed class FeedPosition
{
    private readonly CompactRange _range;

    internal FeedPosition(CompactRange range) => _range = range;

    /// <summary>The beginning of every chain.</summary>
    public static FeedPosition Start { get; } = new(new CompactRange());

    /// <summary>Index of the entry that comes next.</summary>
    public ulong Next => _range.Size;

    internal CompactRange Range => _range.Clone();

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">When it is something else.</exception>
    public static FeedPosition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Trim().Split(' ');
        var hashes = new Hash[words.Length - 1];
        var isPosition = ulong.TryParse(
            words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var size);
        for (var i = 0; isPosition && i < hashes.Length; i++)
            isPosition = Hash.TryParseBase64(words[i + 1], out hashes[i]);
        return isPosition && CompactRange.TryCreate(size, hashes) is { } range
            ? new FeedPosition(range)
            : throw new FormatException("A position in a feed is a size and a hash for each of its bits.");
    }

    public override string ToString()
    {
        var hashes = _range.Hashes.ToArray();
        return string.Join(' ', [_range.Size.ToString(CultureInfo.InvariantCulture), .. hashes]);
    }
}
