using Amazon.EC2.Model;

namespace Sequencer.Iac.SecurityGroups;

/// <summary>A security group as this tool shows it.</summary>
internal sealed record SecurityGroupView(
    string Name, string GroupId, string? VpcId, IReadOnlyList<IngressRule> Ingress)
{
    public static SecurityGroupView Of(SecurityGroup group) =>
        new(group.GroupName, group.GroupId, group.VpcId, IngressRule.Of(group.IpPermissions));
}
