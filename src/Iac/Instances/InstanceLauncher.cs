using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Keys;
using Sequencer.Iac.Output;
using Sequencer.Iac.SecurityGroups;

namespace Sequencer.Iac.Instances;

/// <summary>Starts a new instance after checking all that it needs.</summary>
internal sealed class InstanceLauncher(Session session)
{
    /// <summary>
    /// Gone instances that AWS may answer with before this gives up: more than anybody terminates in a day.
    /// </summary>
    private const int GoneMax = 100;

    private readonly AwsConnection _aws = session.Aws;
    private readonly InstanceLookup _lookup = new(session);

    /// <summary>Checks type, image, key pair and group with AWS, and puts the plan together.</summary>
    public async Task<LaunchPlan> PlanAsync(string name, CancellationToken cancellation) =>
        await CompleteAsync(await DraftAsync(name, cancellation), cancellation);

    /// <summary>
    /// Checks zone, type and image, which nothing needs to be made for. Of key pair and group, which may be yet to
    /// be made, the draft has the names.
    /// </summary>
    public async Task<LaunchPlan> DraftAsync(string name, CancellationToken cancellation)
    {
        var settings = session.Settings;
        var isNitro = settings.Require(Settings.InstanceKind) == Settings.KindNitro;
        var memoryMib = settings.RequireNumber(Settings.EnclaveMemoryMib);
        var cpuCount = settings.RequireNumber(Settings.EnclaveCpuCount);
        var zone = Zone(settings);
        var type = await InstanceTypeFacts.AskAsync(_aws, TypeName(settings), cancellation);
        if (isNitro && type.CannotGive(memoryMib, cpuCount) is { } problem)
        {
            throw new IacException(
                ExitCode.Failed,
                $"{type.Name} {problem}.",
                "Choose another --instance-type ('iac doctor' lists some), or --instance-kind standard for "
                + "a plain instance.");
        }

        return new LaunchPlan
        {
            Name = name,
            IsNitro = isNitro,
            InstanceType = type.Name,
            Image = await MachineImage.ChooseAsync(
                _aws, settings.Find(Settings.ImageId), isNitro, type, cancellation),
            KeyName = settings.Require(Settings.KeyName),
            SecurityGroupId = settings.Require(Settings.SecurityGroup),
            Zone = zone,
            VolumeGib = settings.RequireNumber(Settings.VolumeGib),
            InstanceProfile = settings.Find(Settings.InstanceProfile),
            UserData = isNitro ? UserData.ForNitro(memoryMib, cpuCount) : null,
        };
    }

    /// <summary>The plan of a draft, whose key pair and group AWS must have by now.</summary>
    public async Task<LaunchPlan> CompleteAsync(LaunchPlan draft, CancellationToken cancellation) => draft with
    {
        KeyName = await KeyNameAsync(cancellation),
        SecurityGroupId = await GroupIdAsync(cancellation),
    };

    /// <summary>
    /// Starts the instance, without waiting for it. EC2 remembers tokens for longer than it shows terminated
    /// instances, so a token may bring back one that is gone; that one then counts as come before, which makes
    /// another token.
    /// </summary>
    public async Task<Instance> LaunchAsync(LaunchPlan plan, CancellationToken cancellation)
    {
        var before = (await _lookup.NamedAsync(plan.Name, cancellation))
            .Select(instance => instance.InstanceId).ToHashSet();
        for (var gone = 0; gone < GoneMax; gone++)
        {
            var started = await RunAsync(plan, plan.ClientToken(session.Settings, before), cancellation);
            var done =
                $"started the instance '{plan.Name}' ({started.InstanceId}), and it costs money from now on";

            // Before the look-up, which may fail: what is billed must be told.
            session.Account.Add(done);
            var seen = await _lookup.ByIdAsync(started.InstanceId, CancellationToken.None) ?? started;
            if (!InstanceLookup.IsGone(seen))
                return seen;
            session.Account.Retract(done);
            before.Add(started.InstanceId);
        }

        throw new IacException(
            ExitCode.Failed,
            $"AWS answered {GoneMax} requests for '{plan.Name}' with instances that are gone already.",
            "See 'iac instance list --all' and the console for the reason, or choose another --instance-name: "
            + "EC2 remembers a request for a day after its instance is gone.");
    }

    public static string TypeName(ResolvedSettings settings) => settings.Find(Settings.InstanceType)
        ?? (settings.Require(Settings.InstanceKind) == Settings.KindNitro ? "c5a.xlarge" : "t3.micro");

    /// <summary>The zone to start in, null for any; throws where it is one of another region.</summary>
    public static string? Zone(ResolvedSettings settings)
    {
        var region = settings.Require(Settings.Region);
        var zone = settings.Find(Settings.AvailabilityZone);
        return zone is null || zone[..^1] == region
            ? zone
            : throw new IacException(
                ExitCode.Usage,
                $"availability_zone {zone} (from {settings[Settings.AvailabilityZone].Origin}) is not in {region}.",
                $"Name a zone of {region}, such as {region}a, or unset availability_zone to let EC2 choose.");
    }

    /// <summary>Asks for the instance; where it may have started all the same, the failure says so.</summary>
    private async Task<Instance> RunAsync(LaunchPlan plan, string clientToken, CancellationToken cancellation)
    {
        var request = plan.ToRequest(session.Settings, clientToken);
        try
        {
            var response = await _aws.ChangeAsync(
                "ec2:RunInstances", $"start the instance '{plan.Name}'",
                token => _aws.Ec2.RunInstancesAsync(request, token), cancellation);
            return response.Reservation.Instances.Single();
        }
        catch (IacException e) when (e.MayHaveHappened)
        {
            session.Account.Add(
                $"asked for the instance '{plan.Name}', which may have started and would cost money");
            throw new IacException(
                e.Code, e.Message,
                "The instance may have started all the same, and would cost money: 'iac instance list' shows it "
                + "then. It is safe to repeat the command, which starts no second one.",
                e);
        }
    }

    private async Task<string> KeyNameAsync(CancellationToken cancellation)
    {
        var name = session.Settings.Require(Settings.KeyName);
        if (await new KeyPairs(session).FindAsync(name, cancellation) is null)
        {
            throw new IacException(
                ExitCode.NotFound, $"There is no key pair '{name}' in {_aws.Region}.",
                "Make it with 'iac key create'.");
        }

        var file = new PrivateKeyFile(name, session.Secrets);
        if (!file.Exists)
            session.Report.Warn($"{file.Shown} is not here; only who has the private key can connect.");
        return name;
    }

    private async Task<string> GroupIdAsync(CancellationToken cancellation)
    {
        var name = session.Settings.Require(Settings.SecurityGroup);
        var group = await new Groups(session).FindAsync(name, cancellation) ?? throw new IacException(
            ExitCode.NotFound,
            $"There is no security group '{name}' in {_aws.Region}.",
            "Make it with 'iac security-group create'.");
        if (!Ownership.IsOurs(group.Tags))
        {
            session.Report.Warn(
                $"the security group '{name}' ({group.GroupId}) is not this tool's; check who it lets in.");
        }

        return group.GroupId;
    }
}
