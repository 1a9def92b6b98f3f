using System.CommandLine;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;
using Spectre.Console;

namespace Sequencer.Iac.SecurityGroups;

/// <summary><c>iac security-group create | list | delete</c>.</summary>
internal static class SecurityGroupCommands
{
    public static Command Build(CommandTree tree) => tree.Group(
        "security-group",
        "Security groups: who may reach the instance.",
        [
            tree.Leaf(
                "create",
                "Make a group that lets ssh_cidr use SSH and everybody reach service_ports.",
                CreateAsync,
                [Settings.SecurityGroup, Settings.SshCidr, Settings.ServicePorts, Settings.Tags],
                [SharedOptions.OpenSsh],
                "iac security-group create --ssh-cidr 203.0.113.7/32",
                "iac security-group create --ssh-cidr 203.0.113.7 --service-ports 5000"),
            tree.Leaf(
                "list",
                "List the groups that this tool made in the region, with their rules.",
                ListAsync,
                [],
                [],
                "iac security-group list",
                "iac security-group list --output json"),
            tree.Leaf(
                "delete",
                "Delete a group that nothing uses any more.",
                DeleteAsync,
                [Settings.SecurityGroup],
                [SharedOptions.Yes],
                "iac security-group delete",
                "iac security-group delete --security-group sequencer-group --yes"),
        ],
        "iac security-group create --ssh-cidr 203.0.113.7/32",
        "iac security-group list");

    private static async Task CreateAsync(Session session, CancellationToken cancellation)
    {
        var name = session.Settings.Require(Settings.SecurityGroup);
        var rules = WantedIngress.From(session);
        var groups = new Groups(session);
        if (await groups.FindAsync(name, cancellation) is not null)
            throw groups.AlreadyThere(name);
        var group = await groups.CreateAsync(name, rules, cancellation);
        session.Report.Result(group, IacJson.Default.SecurityGroupView, Facts);
    }

    private static async Task ListAsync(Session session, CancellationToken cancellation)
    {
        var groups = await new Groups(session).ListAsync(cancellation);
        if (groups.Count == 0)
            session.Report.Note($"No security groups of this tool in {session.Aws.Region}.");
        if (groups.Count > 0 || session.Report.AsJson)
        {
            session.Report.Result(
                new SecurityGroupListView([.. groups.Select(SecurityGroupView.Of)]),
                IacJson.Default.SecurityGroupListView,
                list => TableOf(list, session.Report));
        }
    }

    private static async Task DeleteAsync(Session session, CancellationToken cancellation)
    {
        var name = session.Settings.Require(Settings.SecurityGroup);
        var groups = new Groups(session);
        var group = await groups.FindOursAsync(name, cancellation) ?? throw new IacException(
            ExitCode.NotFound,
            $"There is no security group '{name}' in {session.Aws.Region}.",
            "'iac security-group list' shows those that there are.");
        await session.ConfirmAsync(
            $"delete the security group '{name}' ({group.GroupId}) in {session.Aws.Region}",
            cancellation);
        await groups.DeleteAsync(name, group.GroupId, cancellation);
        session.Report.Result(
            new SecurityGroupDeletionView(name, group.GroupId),
            IacJson.Default.SecurityGroupDeletionView,
            deleted => Report.Facts(("Deleted group", $"{deleted.Name} ({deleted.GroupId})")));
    }

    private static Rows Facts(SecurityGroupView group) => Report.Facts(
        ("Security group", group.Name),
        ("Id", group.GroupId),
        ("Opens", Rules(group)));

    private static ResultTable TableOf(SecurityGroupListView list, Report report)
    {
        var table = report.Table("Name", "Id", "Opens");
        foreach (var group in list.SecurityGroups)
            table.Row(group.Name, group.GroupId, Rules(group));
        return table;
    }

    private static string Rules(SecurityGroupView group) => string.Join("; ", group.Ingress);
}
