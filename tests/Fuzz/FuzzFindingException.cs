namespace Sequencer.Fuzz;

/// <summary>A parser did something that it must not do.</summary>
internal sealed class FuzzFindingException(string message) : Exception(message)
{
    /// <summary>A finding unless what was written is what was read.</summary>
    public static void ThrowUnlessSame(ReadOnlySpan<byte> read, ReadOnlySpan<byte> written)
    {
        if (!read.SequenceEqual(written))
            throw new FuzzFindingException("What was accepted is written differently.");
    }
}
