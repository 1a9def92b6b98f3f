using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Kms;

/// <summary>
/// Makes, finds and deletes the operator's log keys: Ed25519 signing keys that never leave KMS.
/// </summary>
internal sealed class KmsKeys(Session session)
{
    /// <summary>The shortest time that KMS lets pass before it deletes a key, in days.</summary>
    public const int PendingLeastDays = 7;

    /// <summary>The longest such time, in days.</summary>
    public const int PendingMostDays = 30;

    private const string AliasPrefix = "alias/";

    /// <summary>
    /// What goes before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410).
    /// </summary>
    private static readonly byte[] Ed25519Prefix = Convert.FromHexString("302a300506032b6570032100");

    private readonly AwsConnection _aws = session.Aws;

    /// <summary>The key behind the alias, whoever made it; null where there is none.</summary>
    public async Task<KeyMetadata?> FindAsync(string alias, CancellationToken cancellation)
    {
        try
        {
            return await DescribeAsync(AliasPrefix + alias, cancellation);
        }
        catch (IacException e) when (e.AwsCode == "NotFoundException")
        {
            return null;
        }
    }

    /// <summary>
    /// Makes the key and its alias. Where the alias is refused, the key's deletion is scheduled.
    /// </summary>
    public async Task<KmsKeyView> CreateAsync(string alias, CancellationToken cancellation)
    {
        var request = new CreateKeyRequest
        {
            KeySpec = KeySpec.ECC_NIST_EDWARDS25519,
            KeyUsage = KeyUsageType.SIGN_VERIFY,
            Description = "Sequencer: the operator's log key",
            Tags =
            [
                .. Ownership.Tags(alias, session.Settings)
                    .Select(tag => new Tag { TagKey = tag.Key, TagValue = tag.Value }),
            ],
        };
        var key = (await _aws.ChangeAsync(
            "kms:CreateKey", $"create the log key '{alias}'",
            token => _aws.Kms.CreateKeyAsync(request, token), cancellation)).KeyMetadata;
        session.Account.Add($"created the log key {key.Arn}");
        try
        {
            await _aws.ChangeAsync(
                "kms:CreateAlias", $"name the log key '{alias}'",
                token => _aws.Kms.CreateAliasAsync(
                    new CreateAliasRequest { AliasName = AliasPrefix + alias, TargetKeyId = key.KeyId },
                    token),
                CancellationToken.None);
        }
        catch (IacException e)
        {
            await ScheduleDeletionAsync(key, PendingLeastDays);
            throw e.AwsCode == "AlreadyExistsException" ? AlreadyThere(alias, e) : e;
        }

        return View(key, alias, await PublicKeyAsync(key, CancellationToken.None));
    }

    /// <summary>Schedules the deletion and frees the alias at once, so that a new key can take it.</summary>
    public async Task<KmsKeyView> DeleteAsync(
        KeyMetadata key, string alias, int pendingDays, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var deletionAt = await ScheduleDeletionAsync(key, pendingDays);
        var request = new DeleteAliasRequest { AliasName = AliasPrefix + alias };
        await _aws.ChangeAsync(
            "kms:DeleteAlias", $"delete the alias '{alias}'",
            token => _aws.Kms.DeleteAliasAsync(request, token), CancellationToken.None);
        session.Account.Add($"deleted the alias '{alias}'");
        return View(key, null, null) with { State = "PendingDeletion", DeletionAt = deletionAt };
    }

    /// <summary>
    /// All keys of this tool in the region. KMS cannot filter by tag, so every key's tags are asked for; keys
    /// whose tags may not be read are counted and cannot be ours to touch.
    /// </summary>
    public async Task<IReadOnlyList<KmsKeyView>> ListAsync(CancellationToken cancellation)
    {
        var aliases = await AliasesAsync(cancellation);
        var views = new List<KmsKeyView>();
        var unreadable = 0;
        foreach (var id in await KeyIdsAsync(cancellation))
        {
            switch (await IsOursAsync(id, cancellation))
            {
                case null:
                    unreadable++;
                    break;
                case true:
                    var key = await DescribeAsync(id, cancellation);
                    views.Add(View(
                        key, aliases.GetValueOrDefault(id), await PublicKeyAsync(key, cancellation)));
                    break;
            }
        }

        if (unreadable > 0)
            session.Report.Warn(
                $"{unreadable} keys are not listed: their tags may not be read (kms:ListResourceTags).");
        return [.. views.OrderBy(key => key.Alias, StringComparer.Ordinal).ThenBy(key => key.CreatedAt)];
    }

    /// <summary>Whether the key carries this tool's tag; null where its tags may not be read.</summary>
    public async Task<bool?> IsOursAsync(string keyId, CancellationToken cancellation)
    {
        var request = new ListResourceTagsRequest { KeyId = keyId };
        try
        {
            while (true)
            {
                var page = await _aws.AskAsync(
                    "kms:ListResourceTags", $"read the tags of the key {keyId}",
                    token => _aws.Kms.ListResourceTagsAsync(request, token), cancellation);
                if (page.Tags?.Exists(IsOwnerTag) == true)
                    return true;
                if (page.Truncated != true)
                    return false;
                request.Marker = page.NextMarker;
            }
        }
        catch (IacException e) when (e.AwsCode == "AccessDeniedException")
        {
            return null;
        }
    }

    public IacException AlreadyThere(string alias, Exception? cause = null) => new(
        ExitCode.AlreadyThere,
        $"There is a key with the alias '{alias}' in {_aws.Region} already.",
        "Use it ('iac kms list'), choose another --kms-alias, or delete it with 'iac kms delete'.",
        cause);

    private static bool IsOwnerTag(Tag tag) =>
        tag is { TagKey: Ownership.TagKey, TagValue: Ownership.TagValue };

    private static KmsKeyView View(KeyMetadata key, string? alias, string? publicKey) => new()
    {
        Alias = alias,
        KeyId = key.KeyId,
        Arn = key.Arn,
        KeySpec = key.KeySpec?.Value,
        State = key.KeyState?.Value,
        CreatedAt = Moments.Utc(key.CreationDate),
        DeletionAt = Moments.Utc(key.DeletionDate),
        PublicKey = publicKey,
    };

    private async Task<DateTimeOffset?> ScheduleDeletionAsync(KeyMetadata key, int days)
    {
        var response = await _aws.ChangeAsync(
            "kms:ScheduleKeyDeletion", $"schedule the deletion of the log key {key.KeyId}",
            token => _aws.Kms.ScheduleKeyDeletionAsync(
                new ScheduleKeyDeletionRequest { KeyId = key.KeyId, PendingWindowInDays = days }, token),
            CancellationToken.None);
        session.Account.Add($"scheduled the deletion of the log key {key.Arn} in {days} days");
        return Moments.Utc(response.DeletionDate);
    }

    private async Task<KeyMetadata> DescribeAsync(string keyId, CancellationToken cancellation) =>
        (await _aws.AskAsync(
            "kms:DescribeKey", $"look up the key {keyId}",
            token => _aws.Kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = keyId }, token),
            cancellation)).KeyMetadata;

    private async Task<string?> PublicKeyAsync(KeyMetadata key, CancellationToken cancellation)
    {
        if (key.KeySpec != KeySpec.ECC_NIST_EDWARDS25519 || key.KeyState != KeyState.Enabled)
            return null;
        var response = await _aws.AskAsync(
            "kms:GetPublicKey", $"read the public half of the key {key.KeyId}",
            token => _aws.Kms.GetPublicKeyAsync(new GetPublicKeyRequest { KeyId = key.KeyId }, token),
            cancellation);
        var info = response.PublicKey.ToArray();
        return info.Length == Ed25519Prefix.Length + 32 && info.AsSpan().StartsWith(Ed25519Prefix)
            ? Convert.ToBase64String(info.AsSpan(Ed25519Prefix.Length))
            : throw new IacException(
                ExitCode.Failed,
                $"KMS gave a public key for {key.KeyId} that is not an Ed25519 one (RFC 8410).",
                "Check endpoint_url: this is not what KMS answers.");
    }

    private async Task<List<string>> KeyIdsAsync(CancellationToken cancellation)
    {
        var ids = new List<string>();
        var request = new ListKeysRequest();
        while (true)
        {
            var page = await _aws.AskAsync(
                "kms:ListKeys", "list the keys", token => _aws.Kms.ListKeysAsync(request, token),
                cancellation);
            ids.AddRange((page.Keys ?? []).Select(key => key.KeyId));
            if (page.Truncated != true)
                return ids;
            request.Marker = page.NextMarker;
        }
    }

    private async Task<Dictionary<string, string>> AliasesAsync(CancellationToken cancellation)
    {
        var names = new Dictionary<string, string>();
        var request = new ListAliasesRequest();
        while (true)
        {
            var page = await _aws.AskAsync(
                "kms:ListAliases", "list the aliases", token => _aws.Kms.ListAliasesAsync(request, token),
                cancellation);
            foreach (var alias in page.Aliases ?? [])
            {
                if (alias.TargetKeyId is not null)
                    names[alias.TargetKeyId] = alias.AliasName[AliasPrefix.Length..];
            }

            if (page.Truncated != true)
                return names;
            request.Marker = page.NextMarker;
        }
    }
}
