using System.Runtime.CompilerServices;

namespace Sequencer.Testing;

/// <summary>The wait for what nothing signals: it is looked at again and again, and not for ever.</summary>
public static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Returns once a condition is true.</summary>
    /// <exception cref="TimeoutException">When it is not within 60 s; it tells the condition.</exception>
    public static Task TrueAsync(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(() => Task.FromResult(condition()), text);

    /// <inheritdoc cref="TrueAsync(Func{bool}, string)"/>
    public static async Task TrueAsync(
        Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(begun) > Patience)
                throw new TimeoutException($"Not true within {Patience.TotalSeconds} s: {text}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
