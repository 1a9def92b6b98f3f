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
        // What the configuration alone can tell is refused before anything is made.
        var rules = WantedIngress.From(session);
        _ = InstanceLauncher.Zone(session.Settings);
        var keyName = session.Settings.Require(Settings.KeyName);
        var groupName = session.Settings.Require(Settings.SecurityGroup);
        var instanceName = session.Settings.Require(Settings.InstanceName);

        var key = await KeyAsync(session, keyName, cancellation);
        var group = await GroupAsync(session, groupName, rules, cancellation);
        StackStepView[] steps = [key, group];
        var made = Array.FindAll(steps, step => step.Outcome == StackStepView.Created);
        var (step, instance) = await InstanceAsync(session, instanceName, made, cancellation);
        var view = InstanceView.Of(instance, new InstanceLookup(session).ConnectCommand(instance));
        session.Report.Result(
            new StackView([.. steps, step], view),
            IacJson.Default.StackView,
            stack => StackTable.Of(stack, session.Report));
    }

    private static async Task<StackStepView> KeyAsync(
        Session session, string name, CancellationToken cancellation)
    {
        var keys = new KeyPairs(session);
        var file = new PrivateKeyFile(name, session.Secrets);
        if (await keys.FindOursAsync(name, cancellation) is not { } existing)
        {
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
                "Put the file there if you have it; else run 'iac key delete' and 'iac up'.");
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
        Session session, string name, IReadOnlyList<StackStepView> made, CancellationToken cancellation)
    {
        var launcher = new InstanceLauncher(session);
        var lifecycle = new InstanceLifecycle(session);
        var existing = await new InstanceLookup(session).FindAsync(name, cancellation);
        var plan = await WhenSeenAsync(session, made, () => launcher.PlanAsync(name, cancellation), cancellation);
        if (existing is null)
        {
            var started = await WhenSeenAsync(
                session, made, () => launcher.LaunchAsync(plan, cancellation), cancellation);
            var ready = await lifecycle.EndAsync(started, WaitGoal.Ready, cancellation);
            InstanceCommands.TellAboutFirstBoot(session, plan);
            return (new StackStepView(StackStepView.Instance, name, ready.InstanceId, StackStepView.Created), ready);
        }

        if (Difference(existing, plan) is { } difference)
        {
            throw new IacException(
                ExitCode.Failed,
                $"The instance '{name}' ({existing.InstanceId}) {difference}, and 'iac up' does not change that.",
                "Change the configuration back or the instance in the console, or run 'iac instance terminate' "
                + "and 'iac up'.");
        }

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

    /// <summary>
    /// How the instance differs from the plan, as the end of "it …"; null where it does not. AWS does not tell
    /// the sizes of volume and enclaves with an instance, nor by which parameter its image was chosen.
    /// </summary>
    private static string? Difference(Instance instance, LaunchPlan plan)
    {
        if (instance.InstanceType?.Value != plan.InstanceType)
            return $"is a {instance.InstanceType?.Value}, not a {plan.InstanceType}";
        if (instance.KeyName != plan.KeyName)
            return $"has the key pair '{instance.KeyName}', not '{plan.KeyName}'";
        if (instance.SecurityGroups?.Exists(group => group.GroupId == plan.SecurityGroupId) != true)
            return $"is not in the security group {plan.SecurityGroupId}";
        if (instance.EnclaveOptions?.Enabled is { } enabled && enabled != plan.IsNitro)
            return $"has enclaves {(enabled ? "enabled" : "off")}";
        if (plan.Zone is not null && instance.Placement?.AvailabilityZone != plan.Zone)
            return $"is in {instance.Placement?.AvailabilityZone}, not in {plan.Zone}";
        if (!plan.Image.IsParameter && instance.ImageId != plan.Image.Id)
            return $"has the image {instance.ImageId}, not {plan.Image.Id}";
        return ProfileOf(instance) != plan.InstanceProfile
            ? $"has the instance profile {Shown(ProfileOf(instance))}, not {Shown(plan.InstanceProfile)}"
            : null;
    }

    /// <summary>The name of the instance's profile, which AWS tells as an ARN; null for none.</summary>
    private static string? ProfileOf(Instance instance)
    {
        var arn = instance.IamInstanceProfile?.Arn;
        return arn?[(arn.LastIndexOf('/') + 1)..];
    }

    private static string Shown(string? profile) => profile is null ? "none" : $"'{profile}'";
}
