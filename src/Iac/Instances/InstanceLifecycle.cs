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
        InstanceState? told = null;
        if (InstanceView.StateOf(instance) is "running" or "pending")
        {
            session.Report.Note($"{id} is {InstanceView.StateOf(instance)} already.");
        }
        else
        {
            var response = await _aws.ChangeAsync(
                "ec2:StartInstances", $"start the instance {id}",
                token => _aws.Ec2.StartInstancesAsync(new StartInstancesRequest([id]), token), cancellation);
            told = Told(response.StartingInstances, instance);
            session.Account.Add($"started the instance {id} again");
        }

        return await EndAsync(instance, WaitGoal.Ready, told, cancellation);
    }

    public async Task<Instance> StopAsync(Instance instance, CancellationToken cancellation)
    {
        var id = instance.InstanceId;
        InstanceState? told = null;
        if (InstanceView.StateOf(instance) is "stopped" or "stopping")
        {
            session.Report.Note($"{id} is {InstanceView.StateOf(instance)} already.");
        }
        else
        {
            var response = await _aws.ChangeAsync(
                "ec2:StopInstances", $"stop the instance {id}",
                token => _aws.Ec2.StopInstancesAsync(new StopInstancesRequest([id]), token), cancellation);
            told = Told(response.StoppingInstances, instance);
            session.Account.Add($"stopped the instance {id}; its volume still costs money");
        }

        return await EndAsync(instance, WaitGoal.Stopped, told, cancellation);
    }

    public async Task<Instance> TerminateAsync(Instance instance, CancellationToken cancellation)
    {
        var id = instance.InstanceId;
        var request = new TerminateInstancesRequest([id]);
        var response = await _aws.ChangeAsync(
            "ec2:TerminateInstances", $"terminate the instance {id}",
            token => _aws.Ec2.TerminateInstancesAsync(request, token), cancellation);
        session.Account.Add($"terminated the instance {id}");
        return await EndAsync(
            instance, WaitGoal.Terminated, Told(response.TerminatingInstances, instance), cancellation);
    }

    /// <summary>The instance once it has reached the goal or, with --no-wait, as it is now.</summary>
    public Task<Instance> EndAsync(Instance instance, WaitGoal goal, CancellationToken cancellation) =>
        EndAsync(instance, goal, told: null, cancellation);

    /// <param name="instance">The instance as it was before.</param>
    /// <param name="goal">What to wait for.</param>
    /// <param name="told">The state that AWS answered the change with; null where nothing was changed. For a while, a
    /// look may still show the state before.</param>
    /// <param name="cancellation">Ends the wait, not what is waited for.</param>
    private async Task<Instance> EndAsync(
        Instance instance, WaitGoal goal, InstanceState? told, CancellationToken cancellation)
    {
        if (!session.Value(SharedOptions.NoWait))
        {
            var wasStopped = goal == WaitGoal.Ready && told is not null;
            return await new InstanceWaiter(session).WaitAsync(
                instance.InstanceId, goal, wasStopped, cancellation) ?? instance;
        }

        var end = await new InstanceLookup(session).ByIdAsync(instance.InstanceId, cancellation) ?? instance;
        if (told is not null && InstanceView.StateOf(end) == InstanceView.StateOf(instance))
            end.State = told;
        return end;
    }

    /// <summary>The state in AWS's answer to a change; the one before where it tells none.</summary>
    private static InstanceState Told(List<InstanceStateChange>? changes, Instance before) =>
        changes is [{ CurrentState: { } state }] ? state : before.State;
}
