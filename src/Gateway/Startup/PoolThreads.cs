namespace Sequencer.Gateway;

/// <summary>The threads of this process's pool, of which there may be more for a while.</summary>
internal static class PoolThreads
{
    /// <summary>Makes what sets how many there are at work beyond the usual; 0 for none.</summary>
    public static Action<int> Extra()
    {
        ThreadPool.GetMinThreads(out var usual, out var ports);
        ThreadPool.GetMaxThreads(out var most, out var portsMost);
        return extra =>
        {
            ThreadPool.SetMinThreads(usual + extra, ports);
            if (extra > 0)
                return;
            // The pool keeps as many as it has come to, unless it must not.
            ThreadPool.SetMaxThreads(usual, portsMost);
            ThreadPool.SetMaxThreads(most, portsMost);
        };
    }
}
