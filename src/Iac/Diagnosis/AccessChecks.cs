using Amazon.EC2.Model;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Keys;
using Sequencer.Iac.SecurityGroups;

namespace Sequencer.Iac.Diagnosis;

/// <summary>Who gets in: key pair, security group and rules, with what <c>up</c> would refuse of them.</summary>
internal sealed class AccessChecks(Session session)
{
    /// <summary>The key pair of the configured name; null while there is none of ours.</summary>
    public KeyPairInfo? Key { get; private set; }

    /// <summary>The group of the configured name; null while there is none of ours.</summary>
    public SecurityGroup? Group { get; private set; }

    private bool IsOpen => session.Value(SharedOptions.OpenSsh);

    /// <summary>Whether <c>up</c> cannot do without the setting and does not have it.</summary>
    public bool IsMissing(Setting setting) =>
        session.Settings.Find(setting) is null && !(setting == Settings.SshCidr && IsOpen);

    public async Task<Check> KeyPairAsync(CancellationToken cancellation)
    {
        const string Name = "key pair";
        if (session.Settings.Find(Settings.KeyName) is not { } name)
            return Check.Skipped(Name, "key_name is not set");
        var file = new PrivateKeyFile(name, session.Secrets);
        Key = await new KeyPairs(session).FindOursAsync(name, cancellation);
        return (Key, file.Exists) switch
        {
            (null, false) => Check.Ok(Name, $"'{name}' will be made"),
            (null, true) => new Check(
                Name, CheckStatus.Failed,
                $"{file.Shown} exists, but {session.Aws.Region} has no key pair '{name}'",
                "Move the file away, or choose another --key-name or --region."),
            (_, false) => new Check(
                Name, CheckStatus.Failed, $"'{name}' exists, but {file.Shown} is not here",
                KeyPairs.WithoutFile),
            _ when file.Matches(Key!.PublicKey) == false => new Check(
                Name, CheckStatus.Failed, $"{file.Shown} is not the private key of '{name}'",
                "Put the right file there, or choose another --key-name."),
            _ => Check.Ok(Name, $"'{name}' exists, and so does {file.Shown}"),
        };
    }

    public async Task<Check> GroupAsync(CancellationToken cancellation)
    {
        const string Name = "security group";
        if (session.Settings.Find(Settings.SecurityGroup) is not { } name)
            return Check.Skipped(Name, "security_group is not set");
        Group = await new Groups(session).FindOursAsync(name, cancellation);
        return Check.Ok(Name, Group is null ? $"'{name}' will be made" : $"'{name}' exists ({Group.GroupId})");
    }

    public Check Rules() => IsMissing(Settings.SshCidr)
        ? Check.Skipped("rules", "ssh_cidr is not set")
        : Check.Ok("rules", string.Join("; ", WantedIngress.From(session)));
}
