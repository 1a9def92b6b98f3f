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

/// <summary>
/// <c>iac up</c>: key pair, security group and instance, each made only where it is not as wanted yet.
/// </summary>
internal static class UpCommand
{
    public static Command Build(CommandTree tree) => tree.Leaf(
        "up",
        "Make key pair, security group and instance, in that order, skipping what is as wanted already. "
        + "Safe to repeat; a changed ssh_cidr or service_ports is brought into the group.",
        RunAsync,
        [.. InstanceCommands.LaunchSettings, Settings.KeyType, Settings.SshCidr, Settings.ServicePorts],
        [SharedOptions.OpenSsh, SharedOptions.NoWait, SharedOptions.WaitMaxS],
        "iac up",
        "iac up --ssh-cidr 203.0.113.7/32 --service-ports 5000",
        "iac up --instance-kind standard --output json");

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        // What can be told before anything is made or changed is refused before.
        var rules = WantedIngress.From(session);
        var keyName = session.Settings.Require(Settings.KeyName);
        var groupName = session.Settings.Require(Settings.SecurityGroup);
        var instanceName = session.Settings.Require(Settings.InstanceName);

        var draft = await new InstanceLauncher(session).DraftAsync(instanceName, cancellation);
        var existing = await new InstanceLookup(session).FindAsync(instanceName, cancellation);
        if (existing is not null)
            await RefuseOtherAsync(session, existing, draft, cancellation);
        var key = await KeyAsync(session, keyName, existing, cancellation);
        var group = await GroupAsync(session, groupName, rules, cancellation);
        StackStepView[] steps = [key, group];
        var made = Array.FindAll(steps, step => step.Outcome == StackStepView.Created);
        var (step, instance) = await InstanceAsync(session, draft, made, cancellation);
        var view = InstanceView.Of(instance, new InstanceLookup(session).ConnectCommand(instance));
        session.Report.Result(
            new StackView([.. steps, step], view),
            IacJson.Default.StackView,
            stack => StackTable.Of(stack, session.Report));
    }

    /// <summary>Throws where the instance that is there is not as wanted.</summary>
    private static async Task RefuseOtherAsync(
        Session session, Instance existing, LaunchPlan draft, CancellationToken cancellation)
    {
        var group = await new Groups(session).FindAsync(draft.SecurityGroupId, cancellation);
        InstanceDifference.Refuse(
            existing, group is null ? draft : draft with { SecurityGroupId = group.GroupId });
    }

    private static async Task<StackStepView> KeyAsync(
        Session session, string name, Instance? instance, CancellationToken cancellation)
    {
        var keys = new KeyPairs(session);
        var file = new PrivateKeyFile(name, session.Secrets);
        if (await keys.FindOursAsync(name, cancellation) is not { } existing)
        {
            if (instance is not null)
                InstanceDifference.RefuseWithoutPair(instance, name);
            var made = await keys.CreateAsync(name, cancellation);
            session.Report.Note($"key pair {name}: created, private key in {file.Shown}");
            return new StackStepView(StackStepView.Key, name, made.KeyPairId, StackStepView.Created, file.Shown);
        }

        if (!file.Exists)
        {
            throw new IacException(
                ExitCode.Failed,
                $"AWS has the key pair '{name}', but its private key is not in {file.Shown}, and AWS hands "
                + "it out only once.",
                KeyPairs.WithoutFile);
        }

        if (file.Matches(existing.PublicKey) == false)
        {
            throw new IacException(
                ExitCode.Failed,
                $"{file.Shown} is not the private key of the key pair '{name}' ({existing.KeyPairId}) in "
                + $"{session.Aws.Region}.",
                "Put the right file there, or choose another --key-name for this region.");
        }

        session.Report.Note($"key pair {name}: unchanged");
        if (instance is not null && InstanceDifference.OlderThan(existing, instance) is { } older)
            session.Report.Warn($"{older}.");
        return new StackStepView(StackStepView.Key, name, existing.KeyPairId, "unchanged", file.Shown);
    }

    private static async Task<StackStepView> GroupAsync(
        Session session, string name, IReadOnlyList<IngressRule> rules, CancellationToken cancellation)
    {
        var groups = new Groups(session);
        if (await groups.FindOursAsync(name, cancellation) is not { } existing)
        {
            var made = await groups.CreateAsync(name, rules, cancellation);
            session.Report.Note($"security group {name}: created");
            return new StackStepView(
                StackStepView.SecurityGroup, name, made.GroupId, StackStepView.Created, string.Join("; ", rules));
        }

        var plan = await groups.CorrectAsync(existing, rules, cancellation);
        var detail = plan.IsEmpty
            ? null
            : string.Join("; ",
                [.. plan.Add.Select(rule => $"opened {rule}"), .. plan.Remove.Select(rule => $"closed {rule}")]);
        session.Report.Note($"security group {name}: {detail ?? "unchanged"}");
        return new StackStepView(
            StackStepView.SecurityGroup, name, existing.GroupId, plan.IsEmpty ? "unchanged" : "updated",
            detail);
    }

    private static async Task<(StackStepView Step, Instance Instance)> InstanceAsync(
        Session session, LaunchPlan draft, IReadOnlyList<StackStepView> made, CancellationToken cancellation)
    {
        var name = draft.Name;
        var launcher = new InstanceLauncher(session);
        var lifecycle = new InstanceLifecycle(session);
        // Looked up once more: another run may have started it meanwhile.
        var existing = await new InstanceLookup(session).FindAsync(name, cancellation);
        var plan = await WhenSeenAsync(
            session, made, () => launcher.CompleteAsync(draft, cancellation), cancellation);
        if (existing is null)
        {
            var started = await WhenSeenAsync(
                session, made, () => launcher.LaunchAsync(plan, cancellation), cancellation);
            var ready = await lifecycle.EndAsync(started, WaitGoal.Ready, cancellation);
            InstanceCommands.TellAboutFirstBoot(session, plan);
            return (new StackStepView(StackStepView.Instance, name, ready.InstanceId, StackStepView.Created), ready);
        }

        InstanceDifference.Refuse(existing, plan);
        var outcome = InstanceView.StateOf(existing) is "running" or "pending" ? "unchanged" : "started";
        var running = await lifecycle.StartAsync(existing, cancellation);
        return (new StackStepView(StackStepView.Instance, name, running.InstanceId, outcome), running);
    }

    /// <summary>
    /// Does what needs the key pair and the group, again while AWS does not see everywhere those just made.
    /// </summary>
    private static Task<T> WhenSeenAsync<T>(
        Session session, IReadOnlyList<StackStepView> made, Func<Task<T>> action, CancellationToken cancellation) =>
        made.Count == 0
            ? action()
            : new Visibility(session).WhenSeenAsync(
                string.Join(", ", made.Select(step => $"{step.Step.Replace('_', ' ')} {step.Name}")),
                failure => failure.Code == ExitCode.NotFound
                    || failure.AwsCode is "InvalidGroup.NotFound" or "InvalidKeyPair.NotFound",
                action,
                cancellation);
}
