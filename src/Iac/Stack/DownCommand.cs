using System.CommandLine;
using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Instances;
using Sequencer.Iac.Keys;
using Sequencer.Iac.Output;
using Sequencer.Iac.SecurityGroups;

namespace Sequencer.Iac.Stack;

/// <summary><c>iac down</c>: what <c>up</c> made goes again, in the reverse order.</summary>
internal static class DownCommand
{
    /// <summary>How long after an instance is terminated AWS may still count its group as used.</summary>
    private static readonly TimeSpan GroupReleaseMax = TimeSpan.FromMinutes(2);

    public static Command Build(CommandTree tree) => tree.Leaf(
        "down",
        "Terminate the instance, then delete the security group and the key pair. What is absent is "
        + "skipped; what this tool did not make is left, and so is the log key in KMS.",
        RunAsync,
        [Settings.InstanceName, Settings.SecurityGroup, Settings.KeyName],
        [SharedOptions.Yes, SharedOptions.WaitMaxS],
        "iac down",
        "iac down --yes --output json");

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var instanceName = session.Settings.Require(Settings.InstanceName);
        var groupName = session.Settings.Require(Settings.SecurityGroup);
        var keyName = session.Settings.Require(Settings.KeyName);
        var instance = await new InstanceLookup(session).FindAsync(instanceName, cancellation);
        var group = await new Groups(session).FindAsync(groupName, cancellation);
        var key = await new KeyPairs(session).FindAsync(keyName, cancellation);

        await ConfirmAllAsync(session, instance, group, key, cancellation);
        StackStepView[] steps =
        [
            await InstanceAsync(session, instanceName, instance, cancellation),
            await GroupAsync(session, groupName, group, cancellation),
            await KeyAsync(session, keyName, key, cancellation),
        ];
        session.Report.Result(
            new StackView(steps, null), IacJson.Default.StackView,
            stack => StackTable.Of(stack, session.Report));
    }

    private static async Task ConfirmAllAsync(
        Session session, Instance? instance, SecurityGroup? group, KeyPairInfo? key,
        CancellationToken cancellation)
    {
        var parts = new List<string>();
        if (instance is not null)
            parts.Add($"terminate the instance '{InstanceView.NameOf(instance)}' ({instance.InstanceId})");
        if (group is not null && Ownership.IsOurs(group.Tags))
            parts.Add($"delete the security group '{group.GroupName}'");
        if (key is not null && Ownership.IsOurs(key.Tags))
            parts.Add($"delete the key pair '{key.KeyName}' with its private key");
        if (parts.Count == 0)
            return;
        if (parts.Count > 1)
            parts[^1] = $"and {parts[^1]}";
        await session.ConfirmAsync(
            $"{string.Join(", ", parts)} in {session.Aws.Region}",
            cancellation);
    }

    private static async Task<StackStepView> InstanceAsync(
        Session session, string name, Instance? instance, CancellationToken cancellation)
    {
        if (instance is null)
            return new StackStepView(StackStepView.Instance, name, null, "absent");
        await new InstanceLifecycle(session).TerminateAsync(instance, cancellation);
        return new StackStepView(StackStepView.Instance, name, instance.InstanceId, "deleted");
    }

    private static async Task<StackStepView> GroupAsync(
        Session session, string name, SecurityGroup? group, CancellationToken cancellation)
    {
        if (group is null)
            return new StackStepView(StackStepView.SecurityGroup, name, null, "absent");
        if (!Ownership.IsOurs(group.Tags))
            return Left(StackStepView.SecurityGroup, name, group.GroupId);

        var time = session.Surroundings.Time;
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                await new Groups(session).DeleteAsync(name, group.GroupId, cancellation);
                return new StackStepView(StackStepView.SecurityGroup, name, group.GroupId, "deleted");
            }
            catch (IacException e)
                when (e.AwsCode == "DependencyViolation" && time.GetElapsedTime(start) < GroupReleaseMax)
            {
                session.Report.Note($"security group {name}: still in use, trying again");
                await Task.Delay(InstanceWaiter.Interval, time, cancellation);
            }
        }
    }

    private static async Task<StackStepView> KeyAsync(
        Session session, string name, KeyPairInfo? key, CancellationToken cancellation)
    {
        if (key is null)
            return new StackStepView(StackStepView.Key, name, null, "absent");
        if (!Ownership.IsOurs(key.Tags))
            return Left(StackStepView.Key, name, key.KeyPairId);
        var deleted = await new KeyPairs(session).DeleteAsync(key, cancellation);
        return new StackStepView(StackStepView.Key, name, key.KeyPairId, "deleted", deleted.PrivateKeyFile);
    }

    private static StackStepView Left(string step, string name, string id) =>
        new(step, name, id, StackStepView.Left, "not made by this tool");
}
