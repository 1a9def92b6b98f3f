namespace Sequencer.Core;

/// <summary>Something that happens once, for those who wait for it until their engine ends.</summary>
internal static class Signal
{
    /// <summary>A signal that wakes those who wait on other threads than the one that gives it.</summary>
    public static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Waits for a signal. A cancellation cancels the signal itself, and so everyone's wait for it; the
    /// caller is resumed in its own context, where <see cref="Task.WaitAsync(CancellationToken)"/> of the
    /// task would end on a thread of the pool.
    /// </summary>
    public static async Task WaitAsync(this TaskCompletionSource signal, CancellationToken cancellation)
    {
        await using var stop = cancellation.UnsafeRegister(
            static (signal, token) => ((TaskCompletionSource)signal!).TrySetCanceled(token), signal);
        await signal.Task;
    }
}
