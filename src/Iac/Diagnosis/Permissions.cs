using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.KeyManagementService.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Diagnosis;

/// <summary>
/// Asks AWS, by dry runs that change nothing, whether the credentials may do what this tool does. Where EC2
/// wants an existing thing to answer, the instance of the configured name stands in, if there is one. What is
/// made carries its tags, which need permissions of their own.
/// </summary>
internal sealed class Permissions(Session session)
{
    /// <summary>Stands where a name is needed.</summary>
    public const string ProbeName = "sequencer-iac-doctor-probe";

    /// <summary>EC2's word for "you may, had it not been a dry run".</summary>
    private const string Allowed = "DryRunOperation";

    private readonly AwsConnection _aws = session.Aws;

    /// <param name="launch">The request that starts the instance; null where it cannot be made.</param>
    /// <param name="instance">The instance of the configured name; null where there is none.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public async Task<IReadOnlyList<Check>> AskAsync(
        RunInstancesRequest? launch, Instance? instance, CancellationToken cancellation)
    {
        var ec2 = _aws.Ec2;
        var key = new CreateKeyPairRequest
        {
            KeyName = ProbeName,
            TagSpecifications = [Ownership.Specification(ResourceType.KeyPair, ProbeName, session.Settings)],
            DryRun = true,
        };
        var group = new CreateSecurityGroupRequest(ProbeName, ProbeName)
        {
            TagSpecifications =
                [Ownership.Specification(ResourceType.SecurityGroup, ProbeName, session.Settings)],
            DryRun = true,
        };
        var checks = new List<Check>
        {
            await DryRunAsync(
                "ec2:CreateKeyPair", token => ec2.CreateKeyPairAsync(key, token), cancellation),
            await DryRunAsync(
                "ec2:CreateSecurityGroup", token => ec2.CreateSecurityGroupAsync(group, token), cancellation),
        };
        if (launch is null)
        {
            checks.Add(Check.Skipped("permission ec2:RunInstances", "needs an image"));
        }
        else
        {
            launch.DryRun = true;
            checks.Add(await DryRunAsync(
                "ec2:RunInstances", token => ec2.RunInstancesAsync(launch, token), cancellation));
        }

        if (instance is null)
        {
            checks.Add(Check.Skipped(
                "permission ec2:TerminateInstances", "can be asked only while an instance exists"));
        }
        else
        {
            checks.Add(await DryRunAsync("ec2:TerminateInstances", token => ec2.TerminateInstancesAsync(
                new TerminateInstancesRequest { InstanceIds = [instance.InstanceId], DryRun = true }, token),
                cancellation));
        }

        checks.Add(await KmsAsync(cancellation));
        return checks;
    }

    private async Task<Check> DryRunAsync<T>(
        string action, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        var name = $"permission {action}";
        try
        {
            await _aws.AskAsync(action, $"try {action} without doing it", call, cancellation);
            return new Check(
                name, CheckStatus.Warning, "the service carried out a dry run instead of refusing it");
        }
        catch (IacException e) when (e.AwsCode == Allowed)
        {
            return Check.Ok(name, "allowed");
        }
        catch (IacException e)
        {
            return Check.Failed(name, e);
        }
    }

    private async Task<Check> KmsAsync(CancellationToken cancellation)
    {
        const string Name = "permission kms:ListKeys";
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
