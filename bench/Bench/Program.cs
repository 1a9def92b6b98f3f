using System.Globalization;
using Sequencer.Bench;
using Sequencer.Bench.Load;
using Sequencer.Bench.Peers;
using Sequencer.Bench.Witnesses;

// sequencer-bench run [quick|standard|full] | soak SECONDS | peers SECONDS | witness SECONDS
//     | send … (the open-loop sender's own process)
try
{
    using var interruption = args is ["send", ..] ? null : new Interruption();
    return args switch
    {
        ["run", .. var rest] => await BenchRun.RunAsync(rest is ["quick"] ? Scope.Quick
            : rest is ["full"] ? Scope.Full
            : Scope.Standard),
        ["soak", var seconds] => await Soak.RunAsync(double.Parse(seconds, CultureInfo.InvariantCulture)),
        ["peers", var seconds] => await PeerRun.RunAsync(double.Parse(seconds, CultureInfo.InvariantCulture)),
        ["witness", var seconds] =>
            await WitnessRun.RunAsync(double.Parse(seconds, CultureInfo.InvariantCulture)),
        ["send", .. var plan] => OpenLoopSender.Run(OpenLoopPlan.Parse(plan)),
        _ => Usage(),
    };
}
catch (Exception) when (Interruption.IsUnderWay)
{
    // Of programs that were ended under it. The process ends once its folder is removed.
    await Task.Delay(Timeout.InfiniteTimeSpan);
    return 1;
}
catch (BenchException problem)
{
    await Console.Error.WriteLineAsync($"bench: {problem.Message}");
    return 1;
}

static int Usage()
{
    Console.Error.WriteLine(
        "Usage: sequencer-bench run [quick|standard|full] | soak SECONDS | peers SECONDS | witness SECONDS; "
        + "see `make help`.");
    return 2;
}
