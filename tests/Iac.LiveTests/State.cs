using Amazon.EC2;
using Amazon.EC2.Model;

namespace Sequencer.Iac.LiveTests;

/// <summary>What AWS itself reports of the things whose names begin with a prefix.</summary>
internal sealed record State
{
    private const int ReleaseLooksMax = 36;

    private List<string> _groupIds = [];
    private List<string> _instanceIds = [];

    /// <summary>Names of key pairs.</summary>
    public required SortedSet<string> Keys { get; init; }

    /// <summary>Security groups with the source of their SSH rule.</summary>
    public required SortedDictionary<string, string> Groups { get; init; }

    /// <summary>Instances that are not gone, as "state key group"; of one name, all of them.</summary>
    public required SortedDictionary<string, string> Instances { get; init; }

    public bool IsEmpty => Keys.Count + Groups.Count + Instances.Count == 0;

    public static async Task<State> AskAsync(Aws aws, string prefix)
    {
        var keys = (await aws.Ec2.DescribeKeyPairsAsync(new DescribeKeyPairsRequest())).KeyPairs ?? [];
        var groups = (await aws.Ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest()))
            .SecurityGroups.FindAll(group => Begins(group.GroupName, prefix));
        var reservations = (await aws.Ec2.DescribeInstancesAsync(new DescribeInstancesRequest()))
            .Reservations;
        var instances = (reservations ?? [])
            .SelectMany(reservation => reservation.Instances)
            .Where(one => one.State.Name.Value is not ("terminated" or "shutting-down"))
            .Where(one => Begins(NameOf(one), prefix)).ToList();
        return new State
        {
            Keys = new(
                keys.Select(key => key.KeyName).Where(name => Begins(name, prefix)), StringComparer.Ordinal),
            Groups = new(groups.ToDictionary(group => group.GroupName, SshSource), StringComparer.Ordinal),
            Instances = new(
                instances.GroupBy(NameOf, Shown).ToDictionary(one => one.Key, all => string.Join("; ", all)),
                StringComparer.Ordinal),
            _groupIds = groups.ConvertAll(group => group.GroupId),
            _instanceIds = instances.ConvertAll(instance => instance.InstanceId),
        };
    }

    /// <summary>Clears away, without the tool, all that this state names.</summary>
    public async Task DeleteAllAsync(Aws aws)
    {
        if (_instanceIds.Count > 0)
            await aws.Ec2.TerminateInstancesAsync(new TerminateInstancesRequest(_instanceIds));
        foreach (var id in _groupIds)
            await DeleteGroupAsync(aws, id);
        foreach (var name in Keys)
            await aws.Ec2.DeleteKeyPairAsync(new DeleteKeyPairRequest(name));
    }

    /// <summary>AWS counts a group as used for a while after its last instance was terminated.</summary>
    private static async Task DeleteGroupAsync(Aws aws, string id)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await aws.Ec2.DeleteSecurityGroupAsync(new DeleteSecurityGroupRequest { GroupId = id });
                return;
            }
            catch (AmazonEC2Exception e)
                when (e.ErrorCode == "DependencyViolation" && attempt < ReleaseLooksMax)
            {
                await Task.Delay(TimeSpan.FromSeconds(5));
            }
        }
    }

    private static bool Begins(string name, string prefix) =>
        name.StartsWith(prefix + "-", StringComparison.Ordinal);

    private static string SshSource(SecurityGroup group)
    {
        var ranges = (group.IpPermissions ?? []).SelectMany(rule => rule.Ipv4Ranges ?? []);
        return string.Join(' ', ranges.Select(range => range.CidrIp));
    }

    private static string NameOf(Instance one) =>
        one.Tags?.Find(tag => tag.Key == "Name")?.Value ?? string.Empty;

    private static string Shown(Instance one) => string.Join(
        ' ', [one.State.Name.Value, one.KeyName, .. one.SecurityGroups.Select(group => group.GroupName)]);
}
