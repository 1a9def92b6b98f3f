namespace Sequencer.Fuzz;

/// <summary>
/// One parser of bytes that come from outside. Whatever the bytes, it accepts or refuses them, within
/// memory bounded by their number; anything else is a finding.
/// </summary>
/// <param name="Name">What <c>make fuzz TARGET=…</c> calls it.</param>
/// <param name="Seeds">The corpus to start from, each of them accepted.</param>
/// <param name="Parse">
/// Parses and checks what can be said of the result, such as that it is written again as it was read.
/// </param>
/// <param name="IsRefusal">Whether an exception is the parser's own way to refuse.</param>
internal sealed record FuzzTarget(
    string Name, IReadOnlyList<byte[]> Seeds, Action<byte[]> Parse, Func<Exception, bool> IsRefusal)
{
    /// <summary>Memory that a parser may take whatever the input's size, in bytes.</summary>
    public long FixedBytesMax { get; init; } = 200_000;

    /// <summary>Memory that it may take besides for each byte of the input.</summary>
    public long BytesMaxPerByte { get; init; } = 100;

    /// <summary>Parses once.</summary>
    /// <returns>Whether the input was accepted.</returns>
    /// <exception cref="FuzzFindingException">When it took more memory than it may.</exception>
    public bool Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isAccepted = Accepts(input);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var bound = FixedBytesMax + BytesMaxPerByte * input.Length;
        return allocated <= bound
            ? isAccepted
            : throw new FuzzFindingException(
                $"{Name} took {allocated} bytes for an input of {input.Length}, which may take {bound}.");
    }

    private bool Accepts(byte[] input)
    {
        try
        {
            Parse(input);
            return true;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return exception.Message.Length > 0
                ? false
                : throw new FuzzFindingException($"{Name} refused without saying why.");
        }
    }
}
