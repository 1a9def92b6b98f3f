using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Instances;

/// <summary>Waits for an instance to get somewhere, telling its state, and no longer than allowed.</summary>
internal sealed class InstanceWaiter(Session session)
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Looks after a start for which "stopped" may be what AWS has not updated yet.</summary>
    public const int StaleLooksMax = 6;

    private const string Throttled = "AWS is limiting requests; still waiting";
    private const string NoChecks = "no checks yet";

    private readonly AwsConnection _aws = session.Aws;
    private readonly InstanceLookup _lookup = new(session);
    private readonly TimeProvider _time = session.Surroundings.Time;

    /// <summary>
    /// Returns the instance as it is at the goal; null only for a terminated one that AWS shows no more.
    /// </summary>
    /// <param name="id">The instance's id.</param>
    /// <param name="goal">What to wait for.</param>
    /// <param name="wasStopped">Whether it was just started again, and AWS may still show it stopped.</param>
    /// <param name="cancellation">Ends the wait, not what is waited for.</param>
    public async Task<Instance?> WaitAsync(
        string id, WaitGoal goal, bool wasStopped, CancellationToken cancellation)
    {
        Instance? reached = null;
        await session.Report.WithStatusAsync($"{id}: waiting", async tell =>
        {
            var wait = TimeSpan.FromSeconds(session.Value(SharedOptions.WaitMaxS));
            var start = _time.GetTimestamp();
            var staleLooks = wasStopped ? StaleLooksMax : 0;
            while (true)
            {
                var (isReached, instance, state) = await LookAsync(id, goal, staleLooks > 0, cancellation);
                staleLooks = instance is null || state == "stopped" ? staleLooks - 1 : 0;
                tell($"{id}: {state}");
                if (isReached)
                {
                    reached = instance;
                    return;
                }

                if (_time.GetElapsedTime(start) >= wait)
                    throw RanOut(id, goal, wait, state);
                await Task.Delay(Interval, _time, cancellation);
            }
        });
        return reached;
    }

    private async Task<(bool IsReached, Instance? Instance, string State)> LookAsync(
        string id, WaitGoal goal, bool mayBeStale, CancellationToken cancellation)
    {
        Instance? instance;
        try
        {
            instance = await _lookup.ByIdAsync(id, cancellation);
        }
        catch (IacException e) when (IsThrottling(e))
        {
            return (false, null, Throttled);
        }

        if (instance is null)
            return (
                goal == WaitGoal.Terminated, null,
                goal == WaitGoal.Terminated ? "terminated" : "not visible yet");
        var state = InstanceView.StateOf(instance);
        switch (goal)
        {
            case WaitGoal.Ready when state == "running":
                var (isOk, checks) = await ChecksAsync(id, cancellation);
                return (isOk, instance, $"running, {checks}");
            case WaitGoal.Ready when state == "stopped" && mayBeStale:
                return (false, instance, state);
            case WaitGoal.Ready when state != "pending":
            case WaitGoal.Stopped when InstanceLookup.IsGone(instance):
                throw Derailed(instance, goal, state);
            case WaitGoal.Stopped:
                return (state == "stopped", instance, state);
            case WaitGoal.Terminated:
                return (state == "terminated", instance, state);
            default:
                return (false, instance, state);
        }
    }

    private async Task<(bool IsOk, string Shown)> ChecksAsync(string id, CancellationToken cancellation)
    {
        var request = new DescribeInstanceStatusRequest { InstanceIds = [id] };
        DescribeInstanceStatusResponse response;
        try
        {
            response = await _aws.AskAsync(
                "ec2:DescribeInstanceStatus", $"look up the status checks of {id}",
                token => _aws.Ec2.DescribeInstanceStatusAsync(request, token), cancellation);
        }
        catch (IacException e) when (IsThrottling(e))
        {
            return (false, Throttled);
        }
        catch (IacException e) when (e.AwsCode == "InvalidInstanceID.NotFound")
        {
            // DescribeInstances shows it running, but not every part of AWS sees it yet.
            return (false, NoChecks);
        }

        if (response.InstanceStatuses is not [var found])
            return (false, NoChecks);
        var system = found.SystemStatus?.Status?.Value ?? "unknown";
        var instance = found.Status?.Status?.Value ?? "unknown";
        return system == "ok" && instance == "ok"
            ? (true, "checks passed")
            : (false, $"system check {system}, instance check {instance}");
    }

    private static bool IsThrottling(IacException e) => e.AwsCode is "RequestLimitExceeded" or "Throttling";

    private static IacException Derailed(Instance instance, WaitGoal goal, string state)
    {
        var reason = instance.StateReason is { Message.Length: > 0 } known
            ? $": {known.Message.TrimEnd('.')}"
            : string.Empty;
        return new IacException(
            ExitCode.Failed,
            $"The instance {instance.InstanceId} is {state} instead of becoming {Wanted(goal)}{reason}.",
            "'iac instance describe' and the console show more; 'iac instance terminate' removes it.");
    }

    private static IacException RanOut(string id, WaitGoal goal, TimeSpan wait, string state) => new(
        ExitCode.Failed,
        $"The instance {id} did not become {Wanted(goal)} within {wait.TotalSeconds} s; it is {state}.",
        goal == WaitGoal.Terminated
            ? "It may still get there ('iac instance list --all'); the command may be repeated."
            : "It may still get there ('iac instance describe'), and costs money until it is terminated.");

    private static string Wanted(WaitGoal goal) => goal switch
    {
        WaitGoal.Ready => "ready",
        WaitGoal.Stopped => "stopped",
        _ => "terminated",
    };
}
