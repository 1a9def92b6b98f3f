using Sequencer.Bench;
using Sequencer.Bench.Load;

// sequencer-bench run [quick|standard|full] | soak SECONDS | peers | send … (the open-loop sender's own process)
try
{
    return args switch
    {
        ["run", .. var rest] => await BenchRun.RunAsync(rest is ["quick"] ? Scope.Quick
            : rest is ["full"] ? Scope.Full
            : Scope.Standard),
        ["send", .. var plan] => OpenLoopSender.Run(OpenLoopPlan.Parse(plan)),
        _ => Usage(),
    };
}
catch (BenchException problem)
{
    await Console.Error.WriteLineAsync($"bench: {problem.Message}");
    return 1;
}

static int Usage()
{
    Console.Error.WriteLine("Usage: sequencer-bench run [quick|standard|full]; see `make help`.");
    return 2;
}
