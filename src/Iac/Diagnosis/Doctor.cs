using System.Globalization;
using Amazon.EC2.Model;
using Amazon.SecurityToken.Model;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Instances;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Diagnosis;

/// <summary>Looks at all that <c>up</c> needs, in the order in which it needs it.</summary>
internal sealed class Doctor(Session session)
{
    private static readonly Setting[] NeededByUp =
        [Settings.Region, Settings.KeyName, Settings.SecurityGroup, Settings.InstanceName, Settings.SshCidr];

    private readonly List<Check> _checks = [];
    private readonly AccessChecks _access = new(session);
    private MachineImage? _image;
    private Instance? _instance;
    private string? _zone;

    public async Task<IReadOnlyList<Check>> ExamineAsync(CancellationToken cancellation)
    {
        _checks.Add(ConfigurationCheck());
        if (!await TryAsync("credentials", CredentialsAsync, cancellation)
            || !await TryAsync("region", RegionAsync, cancellation))
        {
            _checks.Add(Check.Skipped("everything else", "needs credentials and a region"));
            return _checks;
        }

        await TryAsync("zone", _ => Task.FromResult(ZoneCheck()), cancellation);
        await TryAsync("network", NetworkAsync, cancellation);
        var facts = await TypeAsync(cancellation);
        await EnclaveTypesAsync(cancellation);
        await ImageAsync(facts, cancellation);
        await TryAsync("key pair", _access.KeyPairAsync, cancellation);
        await TryAsync("security group", _access.GroupAsync, cancellation);
        await TryAsync("rules", _ => Task.FromResult(_access.Rules()), cancellation);
        if (facts is not null)
        {
            await PermissionsAsync(facts, cancellation);
            await InstanceAsync(facts, cancellation);
            await QuotaAsync(facts, cancellation);
        }

        return _checks;
    }

    private Check ConfigurationCheck()
    {
        var missing = NeededByUp.Where(_access.IsMissing).ToList();
        var file = session.Settings.FilePath ?? $"no {ConfigurationFile.DefaultPath}";
        return missing.Count == 0
            ? Check.Ok("configuration", file)
            : new Check(
                "configuration",
                CheckStatus.Failed,
                $"{file}; not set: {string.Join(", ", missing.Select(setting => setting.Key))}",
                "Set them there, as variables or as options; 'iac config sample' explains each.");
    }

    private async Task<Check> CredentialsAsync(CancellationToken cancellation)
    {
        var aws = session.Aws;
        var identity = await aws.AskAsync(
            "sts:GetCallerIdentity", "say whose credentials these are",
            token => aws.Sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), token), cancellation);
        return Check.Ok("credentials", $"{identity.Arn}, account {identity.Account}");
    }

    private async Task<Check> RegionAsync(CancellationToken cancellation)
    {
        var aws = session.Aws;
        var request = new DescribeRegionsRequest { RegionNames = [aws.Region], AllRegions = true };
        var answer = await aws.AskAsync(
            "ec2:DescribeRegions", $"look up the region {aws.Region}",
            token => aws.Ec2.DescribeRegionsAsync(request, token), cancellation);
        return answer.Regions is [{ OptInStatus: not "not-opted-in" }]
            ? Check.Ok("region", aws.Region)
            : throw new IacException(
                ExitCode.Failed,
                $"The account cannot use the region {aws.Region}.",
                "Enable it in the account's settings, or choose another --region.");
    }

    private Check ZoneCheck()
    {
        _zone = InstanceLauncher.Zone(session.Settings);
        return Check.Ok("zone", _zone ?? "EC2 chooses one");
    }

    private async Task<Check> NetworkAsync(CancellationToken cancellation)
    {
        var aws = session.Aws;
        var request = new DescribeVpcsRequest { Filters = [new Filter("is-default", ["true"])] };
        var answer = await aws.AskAsync(
            "ec2:DescribeVpcs", "look up the default network",
            token => aws.Ec2.DescribeVpcsAsync(request, token), cancellation);
        return answer.Vpcs is [var vpc, ..]
            ? Check.Ok("network", $"default network {vpc.VpcId}")
            : throw new IacException(
                ExitCode.Failed,
                $"The account has no default network in {aws.Region}.",
                "Make one with 'aws ec2 create-default-vpc', or choose another --region.");
    }

    private async Task<InstanceTypeFacts?> TypeAsync(CancellationToken cancellation)
    {
        InstanceTypeFacts? facts = null;
        await TryAsync("instance type", async token =>
        {
            facts = await InstanceTypeFacts.AskAsync(
                session.Aws, InstanceLauncher.TypeName(session.Settings), token);
            var shown = $"{facts.Name}: {facts.Architecture}, {facts.VcpuCount} vCPUs, {facts.MemoryMib} MiB";
            var problem = IsNitro ? facts.CannotGive(EnclaveMemoryMib, EnclaveCpuCount) : null;
            return problem is null
                ? Check.Ok("instance type", IsNitro ? shown + ", enclaves supported" : shown)
                : throw new IacException(
                    ExitCode.Failed,
                    $"{facts.Name} {problem}.",
                    "Choose another --instance-type (the next line lists some), or --instance-kind "
                    + "standard.");
        }, cancellation);
        return facts;
    }

    private async Task EnclaveTypesAsync(CancellationToken cancellation)
    {
        const string Name = "enclave-capable types";
        if (!IsNitro)
        {
            _checks.Add(Check.Skipped(Name, "instance_kind is standard"));
            return;
        }

        await TryAsync(Name, async token =>
        {
            var types = await EnclaveTypes.SmallestAsync(
                session.Aws, EnclaveMemoryMib, EnclaveCpuCount, token);
            return types.Count > 0
                ? Check.Ok(Name, string.Join(", ", types))
                : new Check(
                    Name, CheckStatus.Failed,
                    $"EC2 names none in {session.Aws.Region} with {EnclaveCpuCount} vCPUs and "
                    + $"{EnclaveMemoryMib} MiB for enclaves",
                    "Lower enclave_cpu_count or enclave_memory_mib, or choose another --region.");
        }, cancellation);
    }

    private async Task ImageAsync(InstanceTypeFacts? facts, CancellationToken cancellation)
    {
        if (facts is null)
        {
            _checks.Add(Check.Skipped("image", "needs a valid instance type"));
            return;
        }

        await TryAsync("image", async token =>
        {
            _image = await MachineImage.ChooseAsync(
                session.Aws, session.Settings.Find(Settings.ImageId), IsNitro, facts, token);
            return Check.Ok("image", _image.Id);
        }, cancellation);
    }

    private async Task PermissionsAsync(InstanceTypeFacts facts, CancellationToken cancellation)
    {
        await TryAsync("permission ec2:DescribeInstances", async token =>
        {
            if (session.Settings.Find(Settings.InstanceName) is { } name)
                _instance = (await new InstanceLookup(session).NamedAsync(name, token)).Find(
                    one => !InstanceLookup.IsGone(one));
            return Check.Ok("permission ec2:DescribeInstances", "allowed");
        }, cancellation);
        var launch = _image is null ? null : Launch(Plan(facts, _image));
        _checks.AddRange(await new Permissions(session).AskAsync(launch, _access, _instance, cancellation));
    }

    /// <summary>
    /// The request that <c>up</c> makes, as a dry run, without the key pair and the group that it would make
    /// before it.
    /// </summary>
    private RunInstancesRequest Launch(LaunchPlan plan)
    {
        var request = plan.ToRequest(session.Settings, Permissions.ProbeName);
        request.DryRun = true;

        // EC2 must not take it for an earlier one; the SDK makes a token of its own.
        request.ClientToken = null;
        if (_access.Key is null)
            request.KeyName = null;
        if (_access.Group is null)
            request.SecurityGroupIds = null;
        return request;
    }

    /// <summary>What <c>up</c> would start, or compare with what is there; what is to be made has its name.</summary>
    private LaunchPlan Plan(InstanceTypeFacts facts, MachineImage image) => new()
    {
        Name = session.Settings.Find(Settings.InstanceName) ?? Permissions.ProbeName,
        IsNitro = IsNitro,
        InstanceType = facts.Name,
        Image = image,
        KeyName = session.Settings.Find(Settings.KeyName) ?? string.Empty,
        SecurityGroupId = _access.Group?.GroupId ?? session.Settings.Find(Settings.SecurityGroup) ?? string.Empty,
        VolumeGib = session.Settings.RequireNumber(Settings.VolumeGib),
        InstanceProfile = session.Settings.Find(Settings.InstanceProfile),
        Zone = _zone,
    };

    /// <summary>Whether <c>up</c> would take the instance that is there.</summary>
    private async Task InstanceAsync(InstanceTypeFacts facts, CancellationToken cancellation)
    {
        const string Name = "instance";
        if (session.Settings.Find(Settings.InstanceName) is not { } name || _image is null)
        {
            _checks.Add(Check.Skipped(Name, _image is null ? "needs an image" : "instance_name is not set"));
            return;
        }

        await TryAsync(Name, async token =>
        {
            if (await new InstanceLookup(session).FindAsync(name, token) is not { } there)
                return Check.Ok(Name, $"'{name}' will be started");
            var plan = Plan(facts, _image);
            if (_access.Key is null)
                InstanceDifference.RefuseWithoutPair(there, plan.KeyName);
            InstanceDifference.Refuse(there, plan);
            var older = _access.Key is { } key ? InstanceDifference.OlderThan(key, there) : null;
            return older is null
                ? Check.Ok(Name, $"'{name}' is as wanted ({there.InstanceId}, {InstanceView.StateOf(there)})")
                : new Check(Name, CheckStatus.Warning, older);
        }, cancellation);
    }

    private async Task QuotaAsync(InstanceTypeFacts facts, CancellationToken cancellation)
    {
        const string Name = "vCPU quota";
        if (!VcpuQuota.Covers(facts.Name))
        {
            _checks.Add(Check.Skipped(Name, $"{facts.Name} has a quota of its own; see Service Quotas"));
            return;
        }

        try
        {
            using var http = session.Aws.NewHttpClient();
            var limit = await new VcpuQuota(session.Aws, http, session.Surroundings.Time).AskAsync(
                cancellation);
            var used = await VcpuUsage.CountAsync(session.Aws, cancellation);
            var needed = VcpuUsage.Needed(_instance, facts);
            var detail = string.Create(
                CultureInfo.InvariantCulture, $"{used} of {limit} in use, {needed} needed");
            _checks.Add(needed == 0 || used + needed <= limit
                ? Check.Ok(Name, detail)
                : new Check(
                    Name, CheckStatus.Failed, detail,
                    "Ask for more under Service Quotas (EC2, on-demand standard instances), or terminate "
                    + "something."));
        }
        catch (IacException e)
        {
            _checks.Add(Check.Warning(Name, e));
        }
    }

    private int EnclaveMemoryMib => session.Settings.RequireNumber(Settings.EnclaveMemoryMib);

    private int EnclaveCpuCount => session.Settings.RequireNumber(Settings.EnclaveCpuCount);

    private bool IsNitro => session.Settings.Require(Settings.InstanceKind) == Settings.KindNitro;

    /// <summary>Adds the check, or its failure; false where it failed.</summary>
    private async Task<bool> TryAsync(
        string name, Func<CancellationToken, Task<Check>> examine, CancellationToken cancellation)
    {
        try
        {
            _checks.Add(await examine(cancellation));
        }
        catch (IacException e)
        {
            _checks.Add(Check.Failed(name, e));
        }

        return _checks[^1].Status != CheckStatus.Failed;
    }
}
