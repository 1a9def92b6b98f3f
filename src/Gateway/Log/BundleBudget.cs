namespace Sequencer.Gateway;

/// <summary>
/// The memory of entry bundles larger than usual, <c>reads.bundles_max_bytes</c> for all of them together: while they
/// are read, and until their clients have taken them. Safe for concurrent use.
/// </summary>
internal sealed class BundleBudget(ReadSettings settings)
{
    private long _held;

    /// <summary>Bytes of it that are taken now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes bytes, which <see cref="GiveBack"/> gives back.</summary>
    /// <exception cref="BundlesFullException">When there are fewer; none are taken then.</exception>
    public void Take(int bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= settings.BundlesMaxBytes)
            return;
        GiveBack(bytes);
        throw new BundlesFullException(new Problem(ProblemCode.BundlesFull,
            $"Large bundles that are read or on their way may take {settings.BundlesMaxBytes} bytes in all "
            + "(reads.bundles_max_bytes), and this one would take more; try again.")
        { RetryAfter = TimeSpan.FromSeconds(1) });
    }

    public void GiveBack(int bytes) => Interlocked.Add(ref _held, -bytes);
}

/// <summary>There are as many bytes of large bundles as there may be.</summary>
internal sealed class BundlesFullException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}
