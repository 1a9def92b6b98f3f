using Amazon.EC2;
using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Keys;

/// <summary>Makes, finds and deletes SSH key pairs together with their private key files.</summary>
internal sealed class KeyPairs(Session session)
{
    /// <summary>What to do about a pair whose private key is not here.</summary>
    public const string WithoutFile =
        "Put the file there: whoever made the pair has it. A new pair ('iac key delete', 'iac key create') opens "
        + "new instances only; one that is there keeps the public key that it started with.";

    private readonly AwsConnection _aws = session.Aws;

    public async Task<IReadOnlyList<KeyPairView>> ListAsync(CancellationToken cancellation)
    {
        var found = await DescribeAsync("list the key pairs", [Ownership.Filter], cancellation);
        return [.. found.Select(View).OrderBy(key => key.Name, StringComparer.Ordinal)];
    }

    /// <summary>The key pair of that name in AWS, whoever made it; null where there is none.</summary>
    public async Task<KeyPairInfo?> FindAsync(string name, CancellationToken cancellation)
    {
        var byName = new Filter("key-name", [name]);
        var found = await DescribeAsync($"look up the key pair '{name}'", [byName], cancellation);
        return found.SingleOrDefault();
    }

    /// <summary>Makes the key pair; its private key is on disk before this returns.</summary>
    public async Task<KeyPairView> CreateAsync(string name, CancellationToken cancellation)
    {
        var file = new PrivateKeyFile(name, session.Secrets);
        using var reservation = file.Reserve();
        var request = new CreateKeyPairRequest
        {
            KeyName = name,
            KeyType = KeyType.FindValue(session.Settings.Require(Settings.KeyType)),
            KeyFormat = KeyFormat.Pem,
            TagSpecifications = [Ownership.Specification(ResourceType.KeyPair, name, session.Settings)],
        };
        KeyPair made;
        try
        {
            made = (await _aws.ChangeAsync(
                "ec2:CreateKeyPair", $"create the key pair '{name}'",
                token => _aws.Ec2.CreateKeyPairAsync(request, token), cancellation)).KeyPair;
        }
        catch (IacException e) when (e.AwsCode == "InvalidKeyPair.Duplicate")
        {
            throw new IacException(
                ExitCode.AlreadyThere,
                $"AWS has a key pair '{name}' in {_aws.Region} already, but its private key is not in "
                + $"{file.Shown}, and AWS hands a private key out only once.",
                "Put the file there if you have it; else run 'iac key delete' and 'iac key create', or "
                + "choose another --key-name.",
                e);
        }

        await KeepAsync(made, file, reservation);
        session.Account.Add($"created the key pair '{name}' ({made.KeyPairId}), private key in {file.Shown}");
        return new KeyPairView
        {
            Name = name,
            KeyPairId = made.KeyPairId,
            Type = request.KeyType.Value,
            Fingerprint = made.KeyFingerprint,
            CreatedAt = session.Surroundings.Time.GetUtcNow(),
            PrivateKeyFile = file.Shown,
        };
    }

    /// <summary>
    /// Deletes the key pair and its private key file. The file stays unless it is known to be this pair's.
    /// </summary>
    public async Task<KeyDeletionView> DeleteAsync(KeyPairInfo key, CancellationToken cancellation)
    {
        var file = new PrivateKeyFile(key.KeyName, session.Secrets);
        var whyLeft = file.Exists ? WhyLeft(file, key) : null;
        await _aws.ChangeAsync(
            "ec2:DeleteKeyPair", $"delete the key pair '{key.KeyName}'",
            token => _aws.Ec2.DeleteKeyPairAsync(new DeleteKeyPairRequest(key.KeyName), token),
            cancellation);
        session.Account.Add($"deleted the key pair '{key.KeyName}' ({key.KeyPairId}) in AWS");
        if (whyLeft is not null)
            session.Report.Warn($"{file.Shown} {whyLeft}, so it was left in place.");
        if (whyLeft is not null || !file.Exists)
            return new KeyDeletionView(key.KeyName, key.KeyPairId, null);

        file.Delete();
        session.Account.Add($"deleted {file.Shown}");
        return new KeyDeletionView(key.KeyName, key.KeyPairId, file.Shown);
    }

    /// <summary>Whether the private key file is here and would go with the pair.</summary>
    public bool TakesFile(KeyPairInfo key)
    {
        var file = new PrivateKeyFile(key.KeyName, session.Secrets);
        return file.Exists && WhyLeft(file, key) is null;
    }

    /// <summary>As <see cref="FindAsync"/>, and refuses what this tool did not make.</summary>
    public async Task<KeyPairInfo?> FindOursAsync(string name, CancellationToken cancellation)
    {
        var key = await FindAsync(name, cancellation);
        return key is null || Ownership.IsOurs(key.Tags)
            ? key
            : throw new IacException(
                ExitCode.Failed,
                $"The key pair '{name}' ({key.KeyPairId}) in {_aws.Region} was not made by this tool: it "
                + $"lacks the tag {Ownership.TagKey}={Ownership.TagValue}.",
                "Choose another --key-name; this tool touches only what it made.");
    }

    /// <summary>
    /// Why the file is not deleted with the pair, as the end of "it …"; null where it goes. An emulator may
    /// give no public key: then any file in EC2's form counts as the pair's, by its name.
    /// </summary>
    private static string? WhyLeft(PrivateKeyFile file, KeyPairInfo key) => file.Matches(key.PublicKey) switch
    {
        true => null,
        false => "is the private key of another key pair",
        null when file.IsReadable && string.IsNullOrEmpty(key.PublicKey) => null,
        null => "cannot be told to be this pair's private key",
    };

    private KeyPairView View(KeyPairInfo key)
    {
        var file = new PrivateKeyFile(key.KeyName, session.Secrets);
        return new KeyPairView
        {
            Name = key.KeyName,
            KeyPairId = key.KeyPairId,
            Type = key.KeyType?.Value,
            Fingerprint = key.KeyFingerprint,
            CreatedAt = Moments.Utc(key.CreateTime),
            PrivateKeyFile = file.Exists ? file.Shown : null,
        };
    }

    /// <summary>
    /// Writes the private key. Where that fails the pair is of no use, so it is deleted again.
    /// </summary>
    private async Task KeepAsync(KeyPair made, PrivateKeyFile file, PrivateKeyFile.Reservation reservation)
    {
        try
        {
            reservation.Fill(made.KeyMaterial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            session.Account.Add(
                $"created the key pair '{made.KeyName}' ({made.KeyPairId}), its private key lost");
            await _aws.ChangeAsync(
                "ec2:DeleteKeyPair", $"delete the key pair '{made.KeyName}' again",
                token => _aws.Ec2.DeleteKeyPairAsync(new DeleteKeyPairRequest(made.KeyName), token),
                CancellationToken.None);
            session.Account.Add($"deleted the key pair '{made.KeyName}' ({made.KeyPairId}) again");
            throw new IacException(
                ExitCode.Failed,
                $"The private key could not be written to {file.Shown}: {e.Message}",
                "Make room or choose another --secrets folder, then repeat.",
                e);
        }
    }

    private async Task<List<KeyPairInfo>> DescribeAsync(
        string purpose, List<Filter> filters, CancellationToken cancellation)
    {
        var request = new DescribeKeyPairsRequest { Filters = filters, IncludePublicKey = true };
        var response = await _aws.AskAsync(
            "ec2:DescribeKeyPairs", purpose, token => _aws.Ec2.DescribeKeyPairsAsync(request, token),
            cancellation);
        return response.KeyPairs ?? [];
    }
}
