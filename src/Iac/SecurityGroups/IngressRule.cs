using System.Globalization;
using Amazon.EC2.Model;

namespace Sequencer.Iac.SecurityGroups;

/// <summary>
/// One way in: a protocol ("tcp", "-1" for all), a range of ports and who may come, a CIDR block or a group.
/// </summary>
internal sealed record IngressRule(string Protocol, int FromPort, int ToPort, string Source)
{
    public static IngressRule Tcp(int port, CidrBlock source) => new("tcp", port, port, source.ToString());

    /// <summary>The rules of a group, each with one source, in a fixed order.</summary>
    public static IReadOnlyList<IngressRule> Of(IEnumerable<IpPermission>? permissions) =>
    [
        .. (permissions ?? [])
            .SelectMany(permission => Sources(permission).Select(source => new IngressRule(
                permission.IpProtocol, permission.FromPort ?? -1, permission.ToPort ?? -1, source)))
            .OrderBy(rule => rule.FromPort).ThenBy(rule => rule.Source, StringComparer.Ordinal),
    ];

    public IpPermission ToPermission()
    {
        var permission = new IpPermission { IpProtocol = Protocol };
        if (Protocol != "-1")
        {
            permission.FromPort = FromPort;
            permission.ToPort = ToPort;
        }

        if (Source.StartsWith("sg-", StringComparison.Ordinal))
            permission.UserIdGroupPairs = [new UserIdGroupPair { GroupId = Source }];
        else if (Source.StartsWith("pl-", StringComparison.Ordinal))
            permission.PrefixListIds = [new PrefixListId { Id = Source }];
        else if (Source.Contains(':', StringComparison.Ordinal))
            permission.Ipv6Ranges = [new Ipv6Range { CidrIpv6 = Source }];
        else
            permission.Ipv4Ranges = [new IpRange { CidrIp = Source }];
        return permission;
    }

    public override string ToString()
    {
        if (Protocol == "-1")
            return $"everything from {Source}";
        var ports = FromPort == ToPort
            ? FromPort.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{FromPort}-{ToPort}");
        return $"{Protocol} {ports} from {Source}";
    }

    private static IEnumerable<string> Sources(IpPermission permission) =>
        (permission.Ipv4Ranges ?? []).Select(range => range.CidrIp)
            .Concat((permission.Ipv6Ranges ?? []).Select(range => range.CidrIpv6))
            .Concat((permission.UserIdGroupPairs ?? []).Select(pair => pair.GroupId))
            .Concat((permission.PrefixListIds ?? []).Select(list => list.Id));
}
