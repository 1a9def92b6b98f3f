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
        + "skipped; what this tool did not make or another instance uses is left, and so is the log key in KMS.",
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
        var lookup = new InstanceLookup(session);
        var instance = await lookup.FindAsync(instanceName, cancellation);
        var shuttingDown = await lookup.ShuttingDownAsync(instanceName, cancellation);
        var group = await new Groups(session).FindAsync(groupName, cancellation);
        var key = await new KeyPairs(session).FindAsync(keyName, cancellation);
        var groupLeft = group is null ? null : WhyLeft(
            group.Tags, await lookup.WithGroupAsync(group.GroupId, cancellation), instance);
        var keyLeft = key is null ? null : WhyLeft(
            key.Tags, await lookup.WithKeyAsync(keyName, cancellation), instance);

        await ConfirmAllAsync(
            session, instance, groupLeft is null ? group : null, keyLeft is null ? key : null, cancellation);
        StackStepView[] steps =
        [
            await InstanceAsync(session, instanceName, instance, shuttingDown, cancellation),
            await GroupAsync(session, groupName, group, groupLeft, cancellation),
            await KeyAsync(session, keyName, key, keyLeft, cancellation),
        ];
        session.Report.Result(
            new StackView(steps, null), IacJson.Default.StackView,
            stack => StackTable.Of(stack, session.Report));
    }

    /// <summary>Why a thing is not deleted, as the end of "left: …"; null where it is.</summary>
    /// <param name="tags">The thing's tags.</param>
    /// <param name="users">The instances that use it.</param>
    /// <param name="instance">The one that is terminated before.</param>
    private static string? WhyLeft(IEnumerable<Tag>? tags, List<Instance> users, Instance? instance)
    {
        if (!Ownership.IsOurs(tags))
            return "not made by this tool";
        var others = users.FindAll(one => one.InstanceId != instance?.InstanceId);
        return others.Count == 0 ? null : $"in use by {InstanceLookup.Shown(others)}";
    }

    /// <summary>Asks once for all that goes; null stands for what is absent or left.</summary>
    private static async Task ConfirmAllAsync(
        Session session, Instance? instance, SecurityGroup? group, KeyPairInfo? key,
        CancellationToken cancellation)
    {
        var parts = new List<string>();
        if (instance is not null)
        {
            parts.Add(
                $"terminate the instance '{InstanceView.NameOf(instance)}' ({instance.InstanceId}) with its "
                + "volume");
        }

        if (group is not null)
            parts.Add($"delete the security group '{group.GroupName}'");
        if (key is not null)
            parts.Add($"delete the key pair '{key.KeyName}' with its private key");
        if (parts.Count == 0)
            return;
        if (parts.Count > 1)
            parts[^1] = $"and {parts[^1]}";
        await session.ConfirmAsync(
            $"{string.Join(", ", parts)} in {session.Aws.Region}",
            cancellation);
    }

    /// <summary>
    /// Terminates the instance, and waits for those too that an earlier run terminated and did not wait for: they
    /// hold the group until they are gone.
    /// </summary>
    private static async Task<StackStepView> InstanceAsync(
        Session session, string name, Instance? instance, List<Instance> shuttingDown,
        CancellationToken cancellation)
    {
        if (instance is not null)
            await new InstanceLifecycle(session).TerminateAsync(instance, cancellation);
        foreach (var one in shuttingDown)
        {
            await new InstanceWaiter(session).WaitAsync(
                one.InstanceId, WaitGoal.Terminated, wasStopped: false, cancellation);
        }

        return (instance ?? shuttingDown.LastOrDefault()) is { } last
            ? new StackStepView(StackStepView.Instance, name, last.InstanceId, "deleted")
            : new StackStepView(StackStepView.Instance, name, null, "absent");
    }

    private static async Task<StackStepView> GroupAsync(
        Session session, string name, SecurityGroup? group, string? whyLeft, CancellationToken cancellation)
    {
        if (group is null)
            return new StackStepView(StackStepView.SecurityGroup, name, null, "absent");
        if (whyLeft is not null)
            return new StackStepView(
                StackStepView.SecurityGroup, name, group.GroupId, StackStepView.Left, whyLeft);

        var time = session.Surroundings.Time;
        var start = time.GetTimestamp();
        var wait = TimeSpan.FromSeconds(session.Value(SharedOptions.WaitMaxS));
        while (true)
        {
            try
            {
                await new Groups(session).DeleteAsync(name, group.GroupId, cancellation);
                return new StackStepView(StackStepView.SecurityGroup, name, group.GroupId, "deleted");
            }
            catch (IacException e) when (e.AwsCode == "DependencyViolation")
            {
                var waited = time.GetElapsedTime(start);
                if (waited >= GroupReleaseMax || waited >= wait)
                    throw StillInUse(e);
                session.Report.Note($"security group {name}: still in use, trying again");
                await Task.Delay(InstanceWaiter.Interval, time, cancellation);
            }
        }
    }

    private static async Task<StackStepView> KeyAsync(
        Session session, string name, KeyPairInfo? key, string? whyLeft, CancellationToken cancellation)
    {
        if (key is null)
            return new StackStepView(StackStepView.Key, name, null, "absent");
        if (whyLeft is not null)
            return new StackStepView(StackStepView.Key, name, key.KeyPairId, StackStepView.Left, whyLeft);
        var deleted = await new KeyPairs(session).DeleteAsync(key, cancellation);
        return new StackStepView(StackStepView.Key, name, key.KeyPairId, "deleted", deleted.PrivateKeyFile);
    }

    private static IacException StillInUse(IacException refused) => new(
        refused.Code, refused.Message,
        "AWS may need some minutes more to release it: repeat 'iac down' then. Otherwise a network interface or "
        + "another group uses it, and the console tells which.",
        refused);
}
