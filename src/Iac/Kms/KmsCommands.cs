using System.CommandLine;
using System.Text.RegularExpressions;
using Amazon.KeyManagementService.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;
using Spectre.Console;

namespace Sequencer.Iac.Kms;

/// <summary><c>iac kms create | list | delete</c>.</summary>
internal static partial class KmsCommands
{
    private static readonly Option<int> PendingDays = RangedOption.Make(
        "--pending-days", "Days until KMS deletes the key, in which it can be brought back.", "7..30",
        KmsKeys.PendingLeastDays, KmsKeys.PendingMostDays, KmsKeys.PendingMostDays);

    private static readonly Option<string?> KeyId = IdOption.Make(
        "--key-id", "The key's id, where it has no alias.", KeyIdPattern(),
        "the last part of a key's ARN, such as 1234abcd-12ab-34cd-56ef-1234567890ab");

    public static Command Build(CommandTree tree) => tree.Group(
        "kms",
        "The operator's log key in KMS: an Ed25519 signing key that never leaves it. 1 USD a month.",
        [
            tree.Leaf(
                "create",
                "Make an Ed25519 signing key with an alias, and print its public key.",
                CreateAsync,
                [Settings.KmsAlias, Settings.Tags],
                [],
                "iac kms create",
                "iac kms create --kms-alias prod/log-key --output json"),
            tree.Leaf(
                "list",
                "List the keys that this tool made in the region.",
                ListAsync,
                [],
                [],
                "iac kms list"),
            tree.Leaf(
                "delete",
                "Schedule a key's deletion and free its alias. What it signed can be checked for ever.",
                DeleteAsync,
                [Settings.KmsAlias],
                [KeyId, SharedOptions.Yes, PendingDays],
                "iac kms delete",
                "iac kms delete --kms-alias prod/log-key --pending-days 7 --yes",
                "iac kms delete --key-id 1234abcd-12ab-34cd-56ef-1234567890ab"),
        ],
        "iac kms create",
        "iac kms list",
        "iac kms delete");

    private static async Task CreateAsync(Session session, CancellationToken cancellation)
    {
        var alias = session.Settings.Require(Settings.KmsAlias);
        var keys = new KmsKeys(session);
        if (await keys.FindAsync(alias, cancellation) is { } holder)
            throw keys.AlreadyThere(alias, holder);
        var key = await keys.CreateAsync(alias, cancellation);
        session.Report.Result(key, IacJson.Default.KmsKeyView, Facts);
    }

    private static async Task ListAsync(Session session, CancellationToken cancellation)
    {
        var keys = await new KmsKeys(session).ListAsync(cancellation);
        if (keys.Count == 0)
            session.Report.Note($"No log keys of this tool in {session.Aws.Region}.");
        if (keys.Count > 0 || session.Report.AsJson)
        {
            session.Report.Result(
                new KmsKeyListView(keys),
                IacJson.Default.KmsKeyListView,
                list => new Rows(list.Keys.Select(Facts)));
        }
    }

    private static async Task DeleteAsync(Session session, CancellationToken cancellation)
    {
        var keys = new KmsKeys(session);
        var (key, alias) = await ChosenAsync(session, keys, cancellation);
        var shown = alias is null ? key.KeyId : $"'{alias}' ({key.KeyId})";
        if (await keys.IsOursAsync(key.KeyId, cancellation) != true)
        {
            throw new IacException(
                ExitCode.Failed,
                $"The key {shown} was not made by this tool: it lacks the tag "
                + $"{Ownership.TagKey}={Ownership.TagValue}, or its tags may not be read.",
                "This tool touches only what it made; use the console for others.");
        }

        var days = session.Value(PendingDays);
        if (!KmsKeys.IsPendingDeletion(key))
        {
            await session.ConfirmAsync(
                $"delete the log key {shown} in {days} days (without its key a log can never grow again)",
                cancellation);
        }
        else if (alias is not null)
        {
            await session.ConfirmAsync(
                $"free the alias of the log key {shown}, whose deletion is scheduled already", cancellation);
        }

        var deleted = await keys.DeleteAsync(key, alias, days, cancellation);
        session.Report.Note("Until then it can be brought back:");
        foreach (var command in keys.WayBack(key.KeyId, alias))
            session.Report.Note($"  {command}");
        session.Report.Result(deleted, IacJson.Default.KmsKeyView, Facts);
    }

    /// <summary>The key that is meant, by --key-id or by alias, and the alias to free with it.</summary>
    private static async Task<(KeyMetadata Key, string? Alias)> ChosenAsync(
        Session session, KmsKeys keys, CancellationToken cancellation)
    {
        if (session.Value(KeyId) is { } id)
        {
            var found = await keys.FindByIdAsync(id, cancellation)
                ?? throw NotFound($"There is no key {id} in {session.Aws.Region}.");
            return (found, await keys.AliasOfAsync(id, cancellation));
        }

        var alias = session.Settings.Require(Settings.KmsAlias);
        var named = await keys.FindAsync(alias, cancellation)
            ?? throw NotFound($"There is no key with the alias '{alias}' in {session.Aws.Region}.");
        return (named, alias);
    }

    private static IacException NotFound(string message) =>
        new(ExitCode.NotFound, message, "'iac kms list' shows those that there are.");

    private static Rows Facts(KmsKeyView key) => Report.Facts(
        ("Log key", key.Arn),
        ("Alias", key.Alias),
        ("Type", key.KeySpec),
        ("State", key.State),
        ("Public key", key.PublicKey),
        ("Deleted on", key.DeletionAt is null ? null : Moments.Shown(key.DeletionAt)));

    [GeneratedRegex(@"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z")]
    private static partial Regex KeyIdPattern();
}
