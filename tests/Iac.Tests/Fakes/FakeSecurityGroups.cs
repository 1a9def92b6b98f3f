using System.Xml.Linq;

namespace Sequencer.Iac.Tests.Fakes;

/// <summary>The security groups of EC2.</summary>
internal sealed class FakeSecurityGroups
{
    public const string DefaultVpc = "vpc-11111111111111111";

    public List<FakeSecurityGroup> All { get; } = [];

    /// <summary>Ids of groups that something uses, which cannot be deleted.</summary>
    public HashSet<string> InUse { get; } = [];

    public HttpResponseMessage Answer(AwsCall call) => call.Action switch
    {
        "CreateSecurityGroup" => Create(call),
        "AuthorizeSecurityGroupIngress" => Authorize(call),
        "RevokeSecurityGroupIngress" => Revoke(call),
        "DeleteSecurityGroup" => Delete(call),
        _ => Describe(call),
    };

    public FakeSecurityGroup Add(
        string name, IReadOnlyDictionary<string, string> tags, string vpc = DefaultVpc)
    {
        var group = new FakeSecurityGroup(name, $"sg-{All.Count + 1:x17}", vpc, tags);
        All.Add(group);
        return group;
    }

    private HttpResponseMessage Create(AwsCall call)
    {
        var name = call["GroupName"];
        if (All.Exists(group => group.Name == name && group.VpcId == DefaultVpc))
            throw new Refused("InvalidGroup.Duplicate", $"The security group '{name}' already exists.");
        var made = Add(name, call.Tags("security-group"));
        return Answers.Xml(call.Action, new XElement("groupId", made.Id), new XElement("return", "true"));
    }

    /// <summary>Adds all rules of the request or, where one is there, none.</summary>
    private HttpResponseMessage Authorize(AwsCall call)
    {
        var group = Find(call);
        if (Rules(call).FirstOrDefault(group.Rules.Contains) is { } rule)
            throw new Refused("InvalidPermission.Duplicate", $"the specified rule \"{rule}\" already exists");
        group.Rules.UnionWith(Rules(call));
        return Answers.Xml(call.Action, new XElement("return", "true"));
    }

    /// <summary>In the default network EC2 passes over rules that are not there.</summary>
    private HttpResponseMessage Revoke(AwsCall call)
    {
        Find(call).Rules.ExceptWith(Rules(call));
        return Answers.Xml(call.Action, new XElement("return", "true"));
    }

    private FakeSecurityGroup Find(AwsCall call) => All.Find(group => group.Id == call["GroupId"])
        ?? throw new Refused(
            "InvalidGroup.NotFound", $"The security group '{call["GroupId"]}' does not exist");

    private HttpResponseMessage Delete(AwsCall call)
    {
        if (InUse.Contains(call["GroupId"]))
            throw new Refused("DependencyViolation", $"resource {call["GroupId"]} has a dependent object");
        All.Remove(Find(call));
        return Answers.Xml(call.Action, new XElement("return", "true"));
    }

    private HttpResponseMessage Describe(AwsCall call) => Answers.Xml(
        call.Action,
        Answers.Set(
            "securityGroupInfo",
            All.Where(group => call.Admits(filter => ValueOf(group, filter))).Select(group => new object?[]
            {
                new XElement("groupId", group.Id),
                new XElement("groupName", group.Name),
                new XElement("vpcId", group.VpcId),
                Answers.Set("ipPermissions", group.Rules.Select(Permission)),
                Answers.Tags(group.Tags),
            })));

    private static IEnumerable<string> Rules(AwsCall call)
    {
        for (var n = 1; call.Find($"IpPermissions.{n}.IpProtocol") is { } protocol; n++)
        {
            var at = $"IpPermissions.{n}";
            var ports = $"{call.Find($"{at}.FromPort")}-{call.Find($"{at}.ToPort")}";
            var sources = call.List($"IpPermissions.{n}.IpRanges", ".CidrIp")
                .Concat(call.List($"IpPermissions.{n}.Ipv6Ranges", ".CidrIpv6"))
                .Concat(call.List($"IpPermissions.{n}.Groups", ".GroupId"));
            foreach (var source in sources)
                yield return $"{protocol} {ports} {source}";
        }
    }

    private static object?[] Permission(string rule)
    {
        var parts = rule.Split(' ', '-');
        var source = rule[(rule.LastIndexOf(' ') + 1)..];
        var (list, field) = source switch
        {
            _ when source.StartsWith("sg-", StringComparison.Ordinal) => ("groups", "groupId"),
            _ when source.Contains(':', StringComparison.Ordinal) => ("ipv6Ranges", "cidrIpv6"),
            _ => ("ipRanges", "cidrIp"),
        };
        return
        [
            new XElement("ipProtocol", parts[0]),
            new XElement("fromPort", parts[1]),
            new XElement("toPort", parts[2]),
            Answers.Set(list, [[new XElement(field, source)]]),
        ];
    }

    private static string? ValueOf(FakeSecurityGroup group, string filter) => filter == "group-name"
        ? group.Name
        : group.Tags.GetValueOrDefault(filter["tag:".Length..]);
}
