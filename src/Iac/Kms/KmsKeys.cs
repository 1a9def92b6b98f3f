using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Instances;
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
    private const string AliasTaken = "AlreadyExistsException";

    /// <summary>Looks for an alias that KMS calls taken but does not show yet.</summary>
    private const int AliasLooksMax = 6;

    /// <summary>
    /// What goes before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410).
    /// </summary>
    private static readonly byte[] Ed25519Prefix = Convert.FromHexString("302a300506032b6570032100");

    private readonly AwsConnection _aws = session.Aws;

    /// <summary>The key behind the alias, whoever made it; null where there is none.</summary>
    public Task<KeyMetadata?> FindAsync(string alias, CancellationToken cancellation) =>
        FindByIdAsync(AliasPrefix + alias, cancellation);

    /// <summary>The key of that id, whoever made it; null where there is none.</summary>
    public async Task<KeyMetadata?> FindByIdAsync(string keyId, CancellationToken cancellation)
    {
        try
        {
            return await DescribeAsync(keyId, cancellation);
        }
        catch (IacException e) when (e.AwsCode == "NotFoundException")
        {
            return null;
        }
    }

    /// <summary>
    /// Makes the key and its alias. Where the alias is refused, the key's deletion is scheduled; where it
    /// cannot be told whether the key has it, the key stays and the account names it.
    /// </summary>
    public async Task<KmsKeyView> CreateAsync(string alias, CancellationToken cancellation)
    {
        var key = await CreateKeyAsync(alias, cancellation);
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
            // So is a repeated request refused whose first answer was lost; then the alias is this key's.
            if (!await HasAliasAsync(key, alias, e))
            {
                await UndoAsync(key);
                throw e.AwsCode == AliasTaken ? AlreadyThere(alias, null, e) : e;
            }
        }

        return View(key, alias, await PublicKeyAsync(key, CancellationToken.None));
    }

    /// <summary>
    /// Schedules the deletion, unless it is scheduled already, and frees the alias at once, so that a new key
    /// can take it. May be repeated after any failure.
    /// </summary>
    /// <param name="key">The key as it was just described.</param>
    /// <param name="alias">The alias to free; null for none.</param>
    /// <param name="pendingDays">Days until KMS deletes a key that is not on its way out yet.</param>
    /// <param name="cancellation">Heeded before the first change only.</param>
    public async Task<KmsKeyView> DeleteAsync(
        KeyMetadata key, string? alias, int pendingDays, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var deletionAt = IsPendingDeletion(key)
            ? Moments.Utc(key.DeletionDate)
            : await ScheduleDeletionAsync(key, pendingDays);
        if (alias is not null)
            await DeleteAliasAsync(alias);
        return View(key, null, null) with { State = "PendingDeletion", DeletionAt = deletionAt };
    }

    /// <summary>An alias of the key; null where it has none.</summary>
    public async Task<string?> AliasOfAsync(string keyId, CancellationToken cancellation) =>
        (await AliasesAsync(cancellation)).GetValueOrDefault(keyId);

    public static bool IsPendingDeletion(KeyMetadata key) => key.KeyState == KeyState.PendingDeletion;

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

    /// <param name="alias">The alias that is taken.</param>
    /// <param name="holder">The key that has it, where that is known.</param>
    /// <param name="cause">What AWS said, where it was AWS that refused.</param>
    public IacException AlreadyThere(string alias, KeyMetadata? holder, Exception? cause = null) =>
        holder is not null && IsPendingDeletion(holder)
            ? new(
                ExitCode.AlreadyThere,
                $"The alias '{alias}' in {_aws.Region} still belongs to the key {holder.KeyId}, which will "
                + $"be deleted on {Moments.Shown(Moments.Utc(holder.DeletionDate))}.",
                "Free it with 'iac kms delete', choose another --kms-alias, or bring that key back: "
                + $"{string.Join(" && ", WayBack(holder.KeyId, null))}.",
                cause)
            : new(
                ExitCode.AlreadyThere,
                $"There is a key with the alias '{alias}' in {_aws.Region} already.",
                "Use it ('iac kms list'), choose another --kms-alias, or delete it with 'iac kms delete'.",
                cause);

    /// <summary>
    /// The commands that undo a scheduled deletion. KMS leaves such a key disabled; an alias that was freed has
    /// to be made anew.
    /// </summary>
    /// <param name="keyId">The key.</param>
    /// <param name="alias">The alias that was freed with it; null for none.</param>
    public IEnumerable<string> WayBack(string keyId, string? alias)
    {
        yield return $"aws kms cancel-key-deletion --region {_aws.Region} --key-id {keyId}";
        yield return $"aws kms enable-key --region {_aws.Region} --key-id {keyId}";
        if (alias is not null)
        {
            yield return $"aws kms create-alias --region {_aws.Region} --alias-name {AliasPrefix}{alias} "
                + $"--target-key-id {keyId}";
        }
    }

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

    /// <summary>
    /// Asks for the key once: KMS has no token by which it would know a repeated request, so a retry after a
    /// lost answer would leave a second key, billed and without a name.
    /// </summary>
    private async Task<KeyMetadata> CreateKeyAsync(string alias, CancellationToken cancellation)
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
        try
        {
            var key = (await _aws.ChangeAsync(
                "kms:CreateKey", $"create the log key '{alias}'",
                token => _aws.KmsOnce.CreateKeyAsync(request, token), cancellation)).KeyMetadata;
            session.Account.Add($"created the log key {key.Arn}");
            return key;
        }
        catch (IacException e) when (e.MayHaveHappened)
        {
            throw new IacException(
                e.Code, e.Message,
                "The key may have been made all the same, and would cost money: 'iac kms list' shows it "
                + "without an alias then, and 'iac kms delete --key-id' removes it.",
                e);
        }
    }

    /// <summary>
    /// Whether the alias is this key's after its making failed with <paramref name="failure"/>, which is
    /// thrown on where that cannot be told.
    /// </summary>
    private async Task<bool> HasAliasAsync(KeyMetadata key, string alias, IacException failure)
    {
        try
        {
            for (var look = 1; look <= AliasLooksMax; look++)
            {
                if (await FindAsync(alias, CancellationToken.None) is { } holder)
                    return holder.KeyId == key.KeyId;
                if (failure.AwsCode != AliasTaken)
                    return false;
                await Task.Delay(InstanceWaiter.Interval, session.Surroundings.Time, CancellationToken.None);
            }
        }
        catch (IacException e)
        {
            session.Report.Warn(e.Message);
        }

        session.Account.Add(
            $"left that key, with or without the alias '{alias}': 'iac kms list' shows which, and "
            + $"'iac kms delete --key-id {key.KeyId}' removes it");
        throw failure;
    }

    /// <summary>
    /// Schedules the deletion of a key just made. A failure is only told: what came before it is the error.
    /// </summary>
    private async Task UndoAsync(KeyMetadata key)
    {
        try
        {
            await ScheduleDeletionAsync(key, PendingLeastDays);
        }
        catch (IacException e)
        {
            session.Report.Warn(e.Message);
            session.Account.Add($"left that key: 'iac kms delete --key-id {key.KeyId}' removes it");
        }
    }

    private async Task<DateTimeOffset?> ScheduleDeletionAsync(KeyMetadata key, int days)
    {
        DateTimeOffset? deletionAt;
        try
        {
            var response = await _aws.ChangeAsync(
                "kms:ScheduleKeyDeletion", $"schedule the deletion of the log key {key.KeyId}",
                token => _aws.Kms.ScheduleKeyDeletionAsync(
                    new ScheduleKeyDeletionRequest { KeyId = key.KeyId, PendingWindowInDays = days }, token),
                CancellationToken.None);
            deletionAt = Moments.Utc(response.DeletionDate);
        }
        catch (IacException e) when (e.AwsCode == "KMSInvalidStateException")
        {
            // So is a repeated request refused whose first answer was lost.
            var now = await DescribeAsync(key.KeyId, CancellationToken.None);
            if (!IsPendingDeletion(now))
                throw;
            deletionAt = Moments.Utc(now.DeletionDate);
        }

        session.Account.Add($"scheduled the deletion of the log key {key.Arn} in {days} days");
        return deletionAt;
    }

    private async Task DeleteAliasAsync(string alias)
    {
        var request = new DeleteAliasRequest { AliasName = AliasPrefix + alias };
        try
        {
            await _aws.ChangeAsync(
                "kms:DeleteAlias", $"delete the alias '{alias}'",
                token => _aws.Kms.DeleteAliasAsync(request, token), CancellationToken.None);
        }
        catch (IacException e) when (e.AwsCode == "NotFoundException")
        {
            // It was there a moment ago, so an earlier try took it and its answer was lost.
        }

        session.Account.Add($"deleted the alias '{alias}'");
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
