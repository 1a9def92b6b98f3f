using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.KeyManagementService.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Output;
using Sequencer.Iac.SecurityGroups;

namespace Sequencer.Iac.Diagnosis;

/// <summary>
/// Asks AWS, by dry runs that change nothing, whether the credentials may do what this tool does. Where EC2
/// wants an existing thing to answer, the one of the configured name stands in, if there is one: a policy may
/// well allow this tool's things alone, so no other would do. What is made carries its tags, which need
/// permissions of their own.
/// </summary>
internal sealed class Permissions(Session session)
{
    /// <summary>Begins the name of each check, and an action ends it.</summary>
    public const string Prefix = "permission ";

    /// <summary>Stands where a name is needed.</summary>
    public const string ProbeName = "sequencer-iac-doctor-probe";

    /// <summary>Of a network that is set aside for documentation, so that no group has it.</summary>
    private static readonly IngressRule ProbeRule =
        new("tcp", WantedIngress.SshPort, WantedIngress.SshPort, "192.0.2.1/32");

    /// <summary>
    /// EC2's words for "you may": had it not been a dry run, or did the state of the thing allow it.
    /// </summary>
    private static readonly string[] Allowed =
        ["DryRunOperation", "DependencyViolation", "IncorrectInstanceState"];

    private readonly AwsConnection _aws = session.Aws;
    private readonly AmazonEC2Client _ec2 = session.Aws.Ec2;

    /// <param name="launch">The dry run that starts the instance; null where it cannot be made.</param>
    /// <param name="access">The key pair and the group of the configured names.</param>
    /// <param name="instance">The instance of the configured name; null where there is none.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public async Task<IReadOnlyList<Check>> AskAsync(
        RunInstancesRequest? launch, AccessChecks access, Instance? instance,
        CancellationToken cancellation) =>
    [
        .. await OfKeyPairAsync(access.Key, cancellation),
        .. await OfGroupAsync(access.Group, cancellation),
        await DryRunAsync("ec2:RunInstances", "needs an image", launch, _ec2.RunInstancesAsync, cancellation),
        .. await OfInstanceAsync(instance?.InstanceId, cancellation),
        await KmsAsync(cancellation),
    ];

    private async Task<Check[]> OfKeyPairAsync(KeyPairInfo? key, CancellationToken cancellation)
    {
        var create = new CreateKeyPairRequest
        {
            KeyName = ProbeName,
            TagSpecifications = [Ownership.Specification(ResourceType.KeyPair, ProbeName, session.Settings)],
            DryRun = true,
        };
        var delete = key is null ? null : new DeleteKeyPairRequest { KeyName = key.KeyName, DryRun = true };
        return
        [
            await DryRunAsync("ec2:CreateKeyPair", "", create, _ec2.CreateKeyPairAsync, cancellation),
            await DryRunAsync(
                "ec2:DeleteKeyPair", Needs("the key pair"), delete, _ec2.DeleteKeyPairAsync, cancellation),
        ];
    }

    private async Task<Check[]> OfGroupAsync(SecurityGroup? group, CancellationToken cancellation)
    {
        var create = new CreateSecurityGroupRequest(ProbeName, ProbeName)
        {
            TagSpecifications =
                [Ownership.Specification(ResourceType.SecurityGroup, ProbeName, session.Settings)],
            DryRun = true,
        };
        var needs = Needs("the security group");
        var (open, close, delete) = group is null ? default : OnGroup(group.GroupId);
        return
        [
            await DryRunAsync(
                "ec2:CreateSecurityGroup", "", create, _ec2.CreateSecurityGroupAsync, cancellation),
            await DryRunAsync(
                "ec2:AuthorizeSecurityGroupIngress", needs, open, _ec2.AuthorizeSecurityGroupIngressAsync,
                cancellation),
            await DryRunAsync(
                "ec2:RevokeSecurityGroupIngress", needs, close, _ec2.RevokeSecurityGroupIngressAsync,
                cancellation),
            await DryRunAsync(
                "ec2:DeleteSecurityGroup", needs, delete, _ec2.DeleteSecurityGroupAsync, cancellation),
        ];
    }

    private static (AuthorizeSecurityGroupIngressRequest?, RevokeSecurityGroupIngressRequest?,
        DeleteSecurityGroupRequest?) OnGroup(string id) =>
    (
        new() { GroupId = id, IpPermissions = [ProbeRule.ToPermission()], DryRun = true },
        new() { GroupId = id, IpPermissions = [ProbeRule.ToPermission()], DryRun = true },
        new() { GroupId = id, DryRun = true });

    private async Task<Check[]> OfInstanceAsync(string? id, CancellationToken cancellation)
    {
        var needs = Needs("an instance");
        var start = id is null ? null : new StartInstancesRequest { InstanceIds = [id], DryRun = true };
        var stop = id is null ? null : new StopInstancesRequest { InstanceIds = [id], DryRun = true };
        var end = id is null ? null : new TerminateInstancesRequest { InstanceIds = [id], DryRun = true };
        return
        [
            await StatusAsync(cancellation),
            await DryRunAsync("ec2:StartInstances", needs, start, _ec2.StartInstancesAsync, cancellation),
            await DryRunAsync("ec2:StopInstances", needs, stop, _ec2.StopInstancesAsync, cancellation),
            await DryRunAsync(
                "ec2:TerminateInstances", needs, end, _ec2.TerminateInstancesAsync, cancellation),
        ];
    }

    private static string Needs(string thing) => $"can be asked only while {thing} exists";

    /// <param name="action">The permission.</param>
    /// <param name="needs">Why there may be no request.</param>
    /// <param name="request">The dry run; null where there is nothing to try it with.</param>
    /// <param name="call">Sends it.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    private async Task<Check> DryRunAsync<TRequest, TResponse>(
        string action, string needs, TRequest? request, Func<TRequest, CancellationToken, Task<TResponse>> call,
        CancellationToken cancellation)
        where TRequest : AmazonEC2Request
    {
        var name = Prefix + action;
        if (request is null)
            return Check.Skipped(name, needs);
        try
        {
            await _aws.AskAsync(
                action, $"try {action} without doing it", token => call(request, token), cancellation);
            return new Check(
                name, CheckStatus.Warning, "the service carried out a dry run instead of refusing it");
        }
        catch (IacException e) when (Allowed.Contains(e.AwsCode))
        {
            return Check.Ok(name, "allowed");
        }
        catch (IacException e)
        {
            return Check.Failed(name, e);
        }
    }

    /// <summary>What the wait for a new instance asks; it changes nothing, so it is no dry run.</summary>
    private async Task<Check> StatusAsync(CancellationToken cancellation)
    {
        const string Name = Prefix + "ec2:DescribeInstanceStatus";
        try
        {
            await _aws.AskAsync(
                "ec2:DescribeInstanceStatus", "look up status checks",
                token => _ec2.DescribeInstanceStatusAsync(new DescribeInstanceStatusRequest(), token),
                cancellation);
            return Check.Ok(Name, "allowed");
        }
        catch (IacException e)
        {
            return Check.Failed(Name, e);
        }
    }

    private async Task<Check> KmsAsync(CancellationToken cancellation)
    {
        const string Name = Prefix + "kms:ListKeys";
        try
        {
            await _aws.AskAsync(
                "kms:ListKeys", "list the keys of KMS",
                token => _aws.Kms.ListKeysAsync(new ListKeysRequest { Limit = 1 }, token), cancellation);
            return Check.Ok(Name, "allowed");
        }
        catch (IacException e)
        {
            return Check.Warning(Name, e);
        }
    }
}
