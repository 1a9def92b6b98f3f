using System.CommandLine;
using Amazon.EC2.Model;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Instances;
using Sequencer.Iac.Output;
using Spectre.Console;

namespace Sequencer.Iac.Keys;

/// <summary><c>iac key create | list | delete</c>.</summary>
internal static class KeyCommands
{
    public static Command Build(CommandTree tree) => tree.Group(
        "key",
        "SSH key pairs of EC2, with their private keys in secrets/.",
        [
            tree.Leaf(
                "create",
                "Make a key pair and write its private key to secrets/<name>.pem (mode 0600).",
                CreateAsync,
                [Settings.KeyName, Settings.KeyType, Settings.Tags],
                [],
                "iac key create",
                "iac key create --key-name sequencer-key --key-type rsa"),
            tree.Leaf(
                "list",
                "List the key pairs that this tool made in the region.",
                ListAsync,
                [],
                [],
                "iac key list",
                "iac key list --region eu-west-1 --output json"),
            tree.Leaf(
                "delete",
                "Delete a key pair in AWS and its private key here.",
                DeleteAsync,
                [Settings.KeyName],
                [SharedOptions.Yes],
                "iac key delete",
                "iac key delete --key-name sequencer-key --yes"),
        ],
        "iac key create",
        "iac key list",
        "iac key delete");

    private static async Task CreateAsync(Session session, CancellationToken cancellation)
    {
        var name = session.Settings.Require(Settings.KeyName);
        var key = await new KeyPairs(session).CreateAsync(name, cancellation);
        session.Report.Result(key, IacJson.Default.KeyPairView, Facts);
    }

    private static async Task ListAsync(Session session, CancellationToken cancellation)
    {
        var keys = await new KeyPairs(session).ListAsync(cancellation);
        if (keys.Count == 0)
            session.Report.Note($"No key pairs of this tool in {session.Aws.Region}.");
        if (keys.Count > 0 || session.Report.AsJson)
        {
            session.Report.Result(
                new KeyListView(keys), IacJson.Default.KeyListView, list => TableOf(list, session.Report));
        }
    }

    private static async Task DeleteAsync(Session session, CancellationToken cancellation)
    {
        var name = session.Settings.Require(Settings.KeyName);
        var keys = new KeyPairs(session);
        var key = await keys.FindOursAsync(name, cancellation) ?? throw NotFound(session, name);
        if (await new InstanceLookup(session).WithKeyAsync(name, cancellation) is { Count: > 0 } users)
        {
            if (keys.TakesFile(key))
                throw InUse(session, name, users);
            session.Report.Warn(
                $"the key pair '{name}' is in use by {InstanceLookup.Shown(users)}, and no new one opens what uses "
                + "it: its private key is not here, but whoever has it needs it still.");
        }

        await session.ConfirmAsync(
            $"delete the key pair '{name}' ({key.KeyPairId}) in {session.Aws.Region} and its private key",
            cancellation);
        var deleted = await keys.DeleteAsync(key, cancellation);
        session.Report.Result(deleted, IacJson.Default.KeyDeletionView, result => Report.Facts(
            ("Deleted key pair", $"{result.Name} ({result.KeyPairId})"),
            ("Deleted private key", result.PrivateKeyFile)));
    }

    private static IacException InUse(Session session, string name, List<Instance> users)
    {
        var file = new PrivateKeyFile(name, session.Secrets).Shown;
        return new IacException(
            ExitCode.Failed,
            $"The key pair '{name}' is in use by {InstanceLookup.Shown(users)}: without {file}, which would be "
            + "deleted, nobody could connect any more.",
            "Terminate what uses it first, or move the file away: then the pair in AWS alone is deleted.");
    }

    private static IacException NotFound(Session session, string name)
    {
        var file = new PrivateKeyFile(name, session.Secrets);
        return new IacException(
            ExitCode.NotFound,
            $"There is no key pair '{name}' in {session.Aws.Region}.",
            file.Exists
                ? $"{file.Shown} was left in place: it may belong to another region or account. Delete it "
                    + "by hand if not."
                : "'iac key list' shows those that there are.");
    }

    private static Rows Facts(KeyPairView key) => Report.Facts(
        ("Key pair", key.Name),
        ("Id", key.KeyPairId),
        ("Type", key.Type),
        ("Fingerprint", key.Fingerprint),
        ("Private key", key.PrivateKeyFile));

    private static ResultTable TableOf(KeyListView list, Report report)
    {
        var table = report.Table("Name", "Id", "Type", "Private key");
        foreach (var key in list.Keys)
            table.Row(key.Name, key.KeyPairId, key.Type, key.PrivateKeyFile);

        return table;
    }
}
