namespace Sequencer.Bench.Load;

/// <summary>
/// Drives a server until it gets no faster, so that no figure is one of code that is still being compiled: in its
/// first second under many connections the gateway answers half as many requests as later.
/// </summary>
internal static class WarmUp
{
    /// <summary>What a step must gain over the best before it to count as faster.</summary>
    private const double GainMin = 1.05;

    /// <summary>Steps without a gain that end it: code that is compiled in stages rests between them.</summary>
    private const int StepsWithoutGain = 2;

    /// <param name="scope">How long a step is, and how long all of them are at most.</param>
    /// <param name="load">Drives the server for some seconds.</param>
    public static async Task RunAsync(Scope scope, Func<double, Task<LoadResult>> load)
    {
        var (best, without) = (0d, 0);
        for (var spent = 0d; spent < scope.WarmUpSecondsMax; spent += scope.WarmUpStepSeconds)
        {
            var rate = (await load(scope.WarmUpStepSeconds)).PerSecond;
            without = rate < best * GainMin ? without + 1 : 0;
            if (without == StepsWithoutGain)
                return;
            best = Math.Max(best, rate);
        }
    }
}
