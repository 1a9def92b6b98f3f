using Amazon.EC2;
using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.SecurityGroups;

/// <summary>Makes, finds, corrects and deletes security groups of the default network.</summary>
internal sealed class Groups(Session session)
{
    private const string Description = "Sequencer: SSH for its operator, service ports for everybody";

    private const string NameTaken = "InvalidGroup.Duplicate";
    private const string NotThere = "InvalidGroup.NotFound";
    private const string RuleThere = "InvalidPermission.Duplicate";

    private readonly AwsConnection _aws = session.Aws;

    public async Task<IReadOnlyList<SecurityGroup>> ListAsync(CancellationToken cancellation)
    {
        var found = await DescribeAsync("list the security groups", [Ownership.Filter], cancellation);
        return [.. found.OrderBy(group => group.GroupName, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The group of that name, whoever made it; null where there is none, refused where there are two.
    /// </summary>
    public async Task<SecurityGroup?> FindAsync(string name, CancellationToken cancellation)
    {
        var found = await DescribeAsync(
            $"look up the security group '{name}'", [new Filter("group-name", [name])], cancellation);
        var ours = found.Where(group => Ownership.IsOurs(group.Tags)).ToList();
        var candidates = ours.Count > 0 ? ours : found;
        return candidates.Count <= 1
            ? candidates.SingleOrDefault()
            : throw new IacException(
                ExitCode.Failed,
                $"{candidates.Count} security groups are named '{name}' in {_aws.Region}: "
                + $"{string.Join(", ", candidates.Select(group => $"{group.GroupId} in {group.VpcId}"))}.",
                "Delete all but one in the console, or choose another --security-group.");
    }

    /// <summary>As <see cref="FindAsync"/>, and refuses what this tool did not make.</summary>
    public async Task<SecurityGroup?> FindOursAsync(string name, CancellationToken cancellation)
    {
        var group = await FindAsync(name, cancellation);
        return group is null || Ownership.IsOurs(group.Tags)
            ? group
            : throw new IacException(
                ExitCode.Failed,
                $"The security group '{name}' ({group.GroupId}) in {_aws.Region} was not made by this tool: "
                + $"it lacks the tag {Ownership.TagKey}={Ownership.TagValue}.",
                "Choose another --security-group; this tool touches only what it made.");
    }

    /// <summary>Makes the group with its rules. Where a rule is refused the group is deleted again.</summary>
    public async Task<SecurityGroupView> CreateAsync(
        string name, IReadOnlyList<IngressRule> rules, CancellationToken cancellation)
    {
        var request = new CreateSecurityGroupRequest
        {
            GroupName = name,
            Description = Description,
            TagSpecifications = [Ownership.Specification(ResourceType.SecurityGroup, name, session.Settings)],
        };
        string id;
        try
        {
            id = (await _aws.ChangeAsync(
                "ec2:CreateSecurityGroup", $"create the security group '{name}'",
                token => _aws.Ec2.CreateSecurityGroupAsync(request, token), cancellation)).GroupId;
        }
        catch (IacException e) when (e.AwsCode == NameTaken)
        {
            id = await MadeUnansweredAsync(name, e);
        }

        session.Account.Add($"created the security group '{name}' ({id})");
        try
        {
            await WhenSeenAsync(name, () => AuthorizeAsync(id, name, rules));
        }
        catch (IacException)
        {
            await UndoAsync(name, id);
            throw;
        }

        return new SecurityGroupView(name, id, null, rules);
    }

    /// <summary>Gives the group just the wanted rules and says which it added and removed.</summary>
    public async Task<IngressPlan> CorrectAsync(
        SecurityGroup group, IReadOnlyList<IngressRule> wanted, CancellationToken cancellation)
    {
        var plan = IngressPlan.Between(IngressRule.Of(group.IpPermissions), wanted);
        cancellation.ThrowIfCancellationRequested();
        if (plan.Add.Count > 0)
        {
            await AuthorizeAsync(group.GroupId, group.GroupName, plan.Add);
            session.Account.Add($"opened in '{group.GroupName}': {string.Join(", ", plan.Add)}");
        }

        if (plan.Remove.Count > 0)
        {
            var request = new RevokeSecurityGroupIngressRequest
            {
                GroupId = group.GroupId,
                IpPermissions = [.. plan.Remove.Select(rule => rule.ToPermission())],
            };
            await _aws.ChangeAsync(
                "ec2:RevokeSecurityGroupIngress", $"close ports of the security group '{group.GroupName}'",
                token => _aws.Ec2.RevokeSecurityGroupIngressAsync(request, token), CancellationToken.None);
            session.Account.Add($"closed in '{group.GroupName}': {string.Join(", ", plan.Remove)}");
        }

        return plan;
    }

    /// <summary>Deletes a group that AWS has just shown.</summary>
    public async Task DeleteAsync(string name, string id, CancellationToken cancellation)
    {
        try
        {
            await RemoveAsync(name, id, cancellation);
        }
        catch (IacException e) when (e.AwsCode == NotThere)
        {
            // It was there a moment ago, so an earlier try took it and its answer was lost.
        }

        session.Account.Add($"deleted the security group '{name}' ({id})");
    }

    public IacException AlreadyThere(string name, Exception? cause = null) => new(
        ExitCode.AlreadyThere,
        $"There is a security group '{name}' in {_aws.Region} already.",
        "'iac up' corrects its rules where they differ; else delete it with 'iac security-group delete', or "
        + "choose another --security-group.",
        cause);

    /// <summary>Changes a group just made, again while AWS does not see it everywhere yet.</summary>
    private async Task WhenSeenAsync(string name, Func<Task> change) => await new Visibility(session).WhenSeenAsync(
        $"security group {name}",
        failure => failure.AwsCode == NotThere,
        async () =>
        {
            await change();
            return name;
        },
        // Ctrl-C is not heeded here: a group without its rules would be of no use.
        CancellationToken.None);

    /// <summary>
    /// Deletes a group just made. A failure is only told: what came before it is the error.
    /// </summary>
    private async Task UndoAsync(string name, string id)
    {
        try
        {
            await WhenSeenAsync(name, () => RemoveAsync(name, id, CancellationToken.None));
            session.Account.Add($"deleted the security group '{name}' ({id})");
        }
        catch (IacException e)
        {
            session.Report.Warn(e.Message);
            session.Account.Add($"left the security group '{name}' ({id}) without rules");
        }
    }

    /// <summary>
    /// The group whose name is taken, where it is ours and has no rules yet: so is a repeated request refused
    /// whose first answer was lost. Any other is somebody's.
    /// </summary>
    private async Task<string> MadeUnansweredAsync(string name, IacException refusal)
    {
        var group = await new Visibility(session).WhenSeenAsync(
            $"security group {name}",
            failure => failure.Code == ExitCode.AlreadyThere,
            async () => await FindAsync(name, CancellationToken.None) ?? throw AlreadyThere(name, refusal),
            CancellationToken.None);
        return Ownership.IsOurs(group.Tags) && IngressRule.Of(group.IpPermissions).Count == 0
            ? group.GroupId
            : throw AlreadyThere(name, refusal);
    }

    private Task<DeleteSecurityGroupResponse> RemoveAsync(
        string name, string id, CancellationToken cancellation)
    {
        var request = new DeleteSecurityGroupRequest { GroupId = id };
        return _aws.ChangeAsync(
            "ec2:DeleteSecurityGroup", $"delete the security group '{name}'",
            token => _aws.Ec2.DeleteSecurityGroupAsync(request, token), cancellation);
    }

    /// <summary>
    /// Adds rules that the group did not have. AWS refuses all of a request of which it has one rule: it has
    /// carried the request out before and its answer was lost, or somebody else added that rule. Then each is
    /// asked for alone, and one that is there is as wanted.
    /// </summary>
    private async Task AuthorizeAsync(string id, string name, IReadOnlyList<IngressRule> rules)
    {
        var request = new AuthorizeSecurityGroupIngressRequest
        {
            GroupId = id,
            IpPermissions = [.. rules.Select(rule => rule.ToPermission())],
        };
        try
        {
            await _aws.ChangeAsync(
                "ec2:AuthorizeSecurityGroupIngress", $"open ports in the security group '{name}'",
                token => _aws.Ec2.AuthorizeSecurityGroupIngressAsync(request, token), CancellationToken.None);
        }
        catch (IacException e) when (e.AwsCode == RuleThere)
        {
            if (rules.Count == 1)
                return;
            foreach (var rule in rules)
                await AuthorizeAsync(id, name, [rule]);
        }
    }

    private async Task<List<SecurityGroup>> DescribeAsync(
        string purpose, List<Filter> filters, CancellationToken cancellation)
    {
        var groups = new List<SecurityGroup>();
        var request = new DescribeSecurityGroupsRequest { Filters = filters };
        do
        {
            var page = await _aws.AskAsync(
                "ec2:DescribeSecurityGroups", purpose,
                token => _aws.Ec2.DescribeSecurityGroupsAsync(request, token), cancellation);
            groups.AddRange(page.SecurityGroups ?? []);
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        return groups;
    }
}
