namespace Sequencer.Core;

/// <summary>What came of asking a witness.</summary>
public abstract record WitnessAnswer
{
    private WitnessAnswer()
    {
    }

    /// <summary>200: it says that it cosigned.</summary>
    /// <param name="Lines">
    /// Well-formed signature lines of a note, UTF-8, each ending in LF, at most 64 KiB; not verified.
    /// </param>
    public sealed record Cosigned(ReadOnlyMemory<byte> Lines) : WitnessAnswer;

    /// <summary>409: what it cosigned last has another size than the one it was told.</summary>
    /// <param name="Size">The size that it states.</param>
    public sealed record Behind(ulong Size) : WitnessAnswer;

    /// <summary>Any other answer, and one that makes no sense.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Reason">One printable line for the log, at most a few hundred characters.</param>
    public sealed record Refused(int Status, string Reason) : WitnessAnswer;

    /// <summary>No answer: the connection or the time failed.</summary>
    /// <param name="Reason">One printable line for the log.</param>
    public sealed record Unreachable(string Reason) : WitnessAnswer;
}
