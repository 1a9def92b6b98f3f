using System.Globalization;

namespace Sequencer.Bench.Load;

/// <summary>What <c>post.lua</c> sends: entries of random text, in turn for each token of a file.</summary>
internal sealed record PostLoad
{
    private const int PreparedBytes = 8 << 20;
    private const int PreparedMax = 4_096;

    /// <summary>File with one token a line.</summary>
    public required string TokenFile { get; init; }

    /// <summary>Length of an entry, in bytes.</summary>
    public int EntryBytes { get; init; } = 256;

    /// <summary>Entries of one call; more than one go to <c>/sequence/batch</c>.</summary>
    public int Entries { get; init; } = 1;

    /// <summary>Whether to ask for the small answer.</summary>
    public bool Minimal { get; init; }

    /// <summary>Whether to ask, unless for the small answer, for one that a quorum of witnesses covers.</summary>
    public bool Witnessed { get; init; }

    /// <summary>The chain of the one token, after which its file is called.</summary>
    public string Chain => Path.GetFileNameWithoutExtension(TokenFile);

    public IEnumerable<string> Arguments =>
    [
        TokenFile, Text(EntryBytes), Text(Entries),
        Text(Math.Clamp(PreparedBytes / (EntryBytes * Entries), 4, PreparedMax)),
        Minimal ? "return=minimal" : Witnessed ? "finality=witnessed" : "-",
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
