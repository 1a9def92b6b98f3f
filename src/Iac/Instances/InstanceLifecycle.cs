using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;

namespace Sequencer.Iac.Instances;

/// <summary>Starts, stops and terminates an instance, and waits unless told not to.</summary>
internal sealed class InstanceLifecycle(Session session)
{
    private readonly AwsConnection _aws = session.Aws;

    public async Task<Instance> StartAsync(Instance instance, CancellationToken cancellation)
    {
        var id = instance.InstanceId;
        var isUp = InstanceView.StateOf(instance) is "running" or "pending";
        if (isUp)
        {
            session.Report.Note($"{id} is {InstanceView.StateOf(instance)} already.");
        }
        else
        {
            await _aws.ChangeAsync(
                "ec2:StartInstances", $"start the instance {id}",
                token => _aws.Ec2.StartInstancesAsync(new StartInstancesRequest([id]), token), cancellation);
            session.Account.Add($"started the instance {id} again");
        }

        return await EndAsync(instance, WaitGoal.Ready, wasStopped: !isUp, cancellation);
    }

    public async Task<Instance> StopAsync(Instance instance, CancellationToken cancellation)
    {
        var id = instance.InstanceId;
        if (InstanceView.StateOf(instance) is "stopped" or "stopping")
        {
            session.Report.Note($"{id} is {InstanceView.StateOf(instance)} already.");
        }
        else
        {
            await _aws.ChangeAsync(
                "ec2:StopInstances", $"stop the instance {id}",
                token => _aws.Ec2.StopInstancesAsync(new StopInstancesRequest([id]), token), cancellation);
            session.Account.Add($"stopped the instance {id}; its volume still costs money");
        }

        return await EndAsync(instance, WaitGoal.Stopped, cancellation);
    }

    public async Task<Instance> TerminateAsync(Instance instance, CancellationToken cancellation)
    {
        var id = instance.InstanceId;
        var request = new TerminateInstancesRequest([id]);
        await _aws.ChangeAsync(
            "ec2:TerminateInstances", $"terminate the instance {id}",
            token => _aws.Ec2.TerminateInstancesAsync(request, token), cancellation);
        session.Account.Add($"terminated the instance {id}");
        return await EndAsync(instance, WaitGoal.Terminated, cancellation);
    }

    /// <summary>The instance once it has reached the goal or, with --no-wait, as it is now.</summary>
    public Task<Instance> EndAsync(Instance instance, WaitGoal goal, CancellationToken cancellation) =>
        EndAsync(instance, goal, wasStopped: false, cancellation);

    private async Task<Instance> EndAsync(
        Instance instance, WaitGoal goal, bool wasStopped, CancellationToken cancellation)
    {
        var end = session.Value(SharedOptions.NoWait)
            ? await new InstanceLookup(session).ByIdAsync(instance.InstanceId, cancellation)
            : await new InstanceWaiter(session).WaitAsync(
                instance.InstanceId, goal, wasStopped, cancellation);
        return end ?? instance;
    }
}
