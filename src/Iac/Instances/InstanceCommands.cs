using System.CommandLine;
using Amazon.EC2.Model;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;
using Spectre.Console;

namespace Sequencer.Iac.Instances;

/// <summary><c>iac instance create | list | describe | start | stop | terminate</c>.</summary>
internal static class InstanceCommands
{
    private static readonly Option<bool> All = new("--all")
    {
        Description = "Show terminated instances too, for as long as AWS does (about an hour).",
    };

    /// <summary>The settings that decide what a new instance is.</summary>
    public static Setting[] LaunchSettings { get; } =
    [
        Settings.InstanceName, Settings.KeyName, Settings.SecurityGroup, Settings.InstanceKind,
        Settings.InstanceType, Settings.ImageId, Settings.AvailabilityZone, Settings.VolumeGib,
        Settings.EnclaveMemoryMib, Settings.EnclaveCpuCount, Settings.InstanceProfile, Settings.Tags,
    ];

    public static Command Build(CommandTree tree)
    {
        Option[] waiting = [SharedOptions.NoWait, SharedOptions.WaitMaxS];
        Option[] chosen = [SharedOptions.InstanceId, .. waiting];
        return tree.Group(
            "instance",
            "Instances of EC2. Each costs money from creation to termination.",
            [
                tree.Leaf(
                    "create", "Start a new instance and wait until it is ready.", CreateAsync, LaunchSettings,
                    waiting,
                    "iac instance create",
                    "iac instance create --instance-type c5a.2xlarge --enclave-cpu-count 4",
                    "iac instance create --instance-kind standard --no-wait"),
                tree.Leaf(
                    "list", "List the instances that this tool made in the region.", ListAsync, [], [All],
                    "iac instance list",
                    "iac instance list --all --output json"),
                tree.Leaf(
                    "describe", "Show everything about one instance, and how to connect to it.",
                    DescribeAsync,
                    [Settings.InstanceName], [SharedOptions.InstanceId],
                    "iac instance describe",
                    "iac instance describe --instance-id i-0123456789abcdef0 --output json"),
                tree.Leaf(
                    "start", "Start a stopped instance. Its enclave begins a new epoch.", StartAsync,
                    [Settings.InstanceName], chosen,
                    "iac instance start"),
                tree.Leaf(
                    "stop", "Stop an instance; its volume stays and still costs money.", StopAsync,
                    [Settings.InstanceName], chosen,
                    "iac instance stop"),
                tree.Leaf(
                    "terminate", "Terminate an instance and delete its volume, for ever.", TerminateAsync,
                    [Settings.InstanceName], [SharedOptions.Yes, .. chosen],
                    "iac instance terminate",
                    "iac instance terminate --instance-id i-0123456789abcdef0 --yes"),
            ],
            "iac instance create",
            "iac instance list",
            "iac instance terminate");
    }

    /// <summary>How a person is told about one instance.</summary>
    public static Rows Facts(InstanceView instance) => Report.Facts(
        ("Instance", instance.Name),
        ("Id", instance.InstanceId),
        ("State", instance.State),
        ("Type", instance.InstanceType),
        ("Image", instance.ImageId),
        ("Zone", instance.AvailabilityZone),
        ("Address", instance.PublicDns ?? instance.PublicIp),
        ("Public IP", instance.PublicIp),
        ("Private IP", instance.PrivateIp),
        ("Key pair", instance.KeyName),
        ("Security groups", string.Join(", ", instance.SecurityGroups)),
        ("Enclaves", instance.EnclavesEnabled switch { true => "enabled", false => "off", null => null }),
        ("Metadata tokens", instance.MetadataTokens),
        ("Launched", Moments.Shown(instance.LaunchedAt)),
        ("Connect", instance.Connect));

    /// <summary>What is true after a new instance is ready but cannot be seen from outside.</summary>
    public static void TellAboutFirstBoot(Session session, LaunchPlan plan)
    {
        if (plan.IsNitro)
            session.Report.Note("It is installing nitro-cli; 'cloud-init status --wait' there tells when.");
        session.Report.Note("The instance costs money until 'iac instance terminate' or 'iac down'.");
    }

    private static async Task CreateAsync(Session session, CancellationToken cancellation)
    {
        var name = session.Settings.Require(Settings.InstanceName);
        var lookup = new InstanceLookup(session);
        if (await lookup.FindAsync(name, cancellation) is { } existing)
            throw AlreadyThere(name, existing);
        var launcher = new InstanceLauncher(session);
        var plan = await launcher.PlanAsync(name, cancellation);
        var started = await launcher.LaunchAsync(plan, cancellation);
        var ready = await new InstanceLifecycle(session).EndAsync(started, WaitGoal.Ready, cancellation);
        TellAboutFirstBoot(session, plan);
        PrintOne(session, ready);
    }

    private static IacException AlreadyThere(string name, Instance existing)
    {
        var state = InstanceView.StateOf(existing);
        return new IacException(
            ExitCode.AlreadyThere,
            $"There is an instance '{name}' already: {existing.InstanceId}, {state}.",
            state is "stopped" or "stopping"
                ? "Start it with 'iac instance start', terminate it, or choose another --instance-name."
                : "Use it ('iac instance describe'), terminate it, or choose another --instance-name.");
    }

    private static async Task ListAsync(Session session, CancellationToken cancellation)
    {
        var lookup = new InstanceLookup(session);
        var instances = await lookup.ListAsync(session.Value(All), cancellation);
        if (instances.Count == 0)
            session.Report.Note($"No instances of this tool in {session.Aws.Region}.");
        if (instances.Count > 0 || session.Report.AsJson)
        {
            var views = instances.Select(one => InstanceView.Of(one, lookup.ConnectCommand(one)));
            session.Report.Result(
                new InstanceListView([.. views]),
                IacJson.Default.InstanceListView,
                list => TableOf(list, session.Report));
        }
    }

    private static async Task DescribeAsync(Session session, CancellationToken cancellation) =>
        PrintOne(session, await new InstanceLookup(session).ChosenAsync(cancellation));

    private static async Task StartAsync(Session session, CancellationToken cancellation)
    {
        var instance = await new InstanceLookup(session).ChosenAsync(cancellation);
        PrintOne(session, await new InstanceLifecycle(session).StartAsync(instance, cancellation));
    }

    private static async Task StopAsync(Session session, CancellationToken cancellation)
    {
        var instance = await new InstanceLookup(session).ChosenAsync(cancellation);
        PrintOne(session, await new InstanceLifecycle(session).StopAsync(instance, cancellation));
    }

    private static async Task TerminateAsync(Session session, CancellationToken cancellation)
    {
        var instance = await new InstanceLookup(session).ChosenAsync(cancellation);
        await session.ConfirmAsync(
            $"terminate the instance '{InstanceView.NameOf(instance)}' ({instance.InstanceId}) in "
            + $"{session.Aws.Region} and delete its volume",
            cancellation);
        PrintOne(session, await new InstanceLifecycle(session).TerminateAsync(instance, cancellation));
    }

    private static void PrintOne(Session session, Instance instance) => session.Report.Result(
        InstanceView.Of(instance, new InstanceLookup(session).ConnectCommand(instance)),
        IacJson.Default.InstanceView,
        Facts);

    private static ResultTable TableOf(InstanceListView list, Report report)
    {
        var table = report.Table("Name", "Id", "State", "Type", "Address");
        foreach (var one in list.Instances)
            table.Row(one.Name, one.InstanceId, one.State, one.InstanceType, one.PublicIp);

        return table;
    }
}
