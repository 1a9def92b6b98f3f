using System.Globalization;
using System.Text.RegularExpressions;
using Sequencer.Iac.Aws;
using Sequencer.Iac.SecurityGroups;

namespace Sequencer.Iac.Configuration;

/// <summary>
/// What each kind of value must look like. Every check returns the end of a sentence that starts with "it",
/// or null when the value is fine.
/// </summary>
internal static partial class SettingChecks
{
    /// <summary>Tags a resource may carry in AWS, less the tool's own two.</summary>
    public const int TagsMax = 48;

    /// <summary>AWS takes 60 rules in one group by default; each port needs two, beside those for SSH.</summary>
    public const int ServicePortsMax = 25;

    /// <summary>As <see cref="ServicePortsMax"/>: each block needs one rule.</summary>
    public const int SshCidrsMax = 10;

    public static Func<string, string?> OneOf(params string[] choices) => value =>
        choices.Contains(value, StringComparer.Ordinal) ? null : $"must be {string.Join(" or ", choices)}";

    public static Func<string, string?> Number(int least, int most) => value =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most
            ? null
            : $"must be a whole number from {least} to {most}";

    public static string? Name(string value) => NamePattern().IsMatch(value)
        ? null
        : "must be a letter or digit and then letters, digits, '.', '_' or '-', 100 characters at most";

    public static string? GroupName(string value) => value.StartsWith("sg-", StringComparison.Ordinal)
        ? "must be a name, not an id: AWS keeps names that start with 'sg-' for itself"
        : Name(value);

    public static string? CredentialFileName(string value) => CredentialFilePattern().IsMatch(value)
        ? null
        : "must be the name of a file in the secrets folder, not a path";

    public static string? Region(string value) => RegionPattern().IsMatch(value)
        ? null
        : "must be a region's code, such as us-east-1";

    public static string? AvailabilityZone(string value) => ZonePattern().IsMatch(value)
        ? null
        : "must be a zone of the region, such as us-east-1a";

    public static string? InstanceType(string value) => InstanceTypePattern().IsMatch(value)
        ? null
        : "must be an instance type, such as c5a.xlarge";

    public static string? ImageId(string value) => ImagePattern().IsMatch(value)
        ? null
        : "must be an image's id (ami-0123456789abcdef0) or a parameter's name (resolve:ssm:/path)";

    public static string? KmsAlias(string value) =>
        AliasPattern().IsMatch(value) && !value.StartsWith("aws/", StringComparison.OrdinalIgnoreCase)
            ? null
            : "must be letters, digits, '/', '_' and '-', without 'alias/' or 'aws/' in front";

    public static string? SshCidrs(string value)
    {
        var texts = value.Split(',', StringSplitOptions.TrimEntries);
        if (texts.Length > SshCidrsMax)
            return $"must list at most {SshCidrsMax} addresses or blocks";
        var blocks = new HashSet<CidrBlock>();
        foreach (var text in texts)
        {
            if (!CidrBlock.TryParse(text, out var block, out var problem))
                return problem;
            if (!blocks.Add(block))
                return "must list each block once";
        }

        return null;
    }

    public static string? ServicePorts(string value)
    {
        var texts = value.Split(',', StringSplitOptions.TrimEntries);
        if (texts.Length > ServicePortsMax)
            return $"must list at most {ServicePortsMax} ports";
        if (Array.Exists(texts, text => Number(1, 65535)(text) is not null))
            return "must list TCP ports from 1 to 65535, separated by commas";

        // Compared as the numbers that are opened: 022 is port 22.
        var ports = Array.ConvertAll(texts, text => int.Parse(text, CultureInfo.InvariantCulture));
        if (ports.Contains(WantedIngress.SshPort))
            return $"must not list port {WantedIngress.SshPort}: SSH is opened by ssh_cidr alone";
        return ports.Distinct().Count() == ports.Length ? null : "must list each port once";
    }

    public static string? Tags(string value)
    {
        var pairs = value.Split(',', StringSplitOptions.TrimEntries);
        if (pairs.Length > TagsMax)
            return $"must list at most {TagsMax} tags";
        if (Array.Exists(pairs, pair => !TagPattern().IsMatch(pair)))
        {
            return "must list tags as key=value, separated by commas, each of letters, digits, spaces and "
                + "_.:/+-@";
        }

        var keys = Array.ConvertAll(pairs, pair => pair[..pair.IndexOf('=', StringComparison.Ordinal)]);
        if (Array.Exists(keys, IsReserved))
            return $"must not set 'Name', '{Ownership.TagKey}' or a key that starts with 'aws:'";
        return keys.Distinct(StringComparer.Ordinal).Count() == keys.Length
            ? null
            : "must list each key once";
    }

    /// <summary>
    /// Private keys come back over this connection, so clear text may not leave the machine.
    /// </summary>
    public static string? EndpointUrl(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return "must be an address that starts with https:// (or http:// on this machine)";
        return uri.Scheme == "http" && !uri.IsLoopback
            ? "must use https:// to another machine, since private keys come back over that connection"
            : null;
    }

    private static bool IsReserved(string tagKey) => tagKey is "Name" or Ownership.TagKey
        || tagKey.StartsWith("aws:", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9 ._()+-]{0,199}\z")]
    private static partial Regex CredentialFilePattern();

    [GeneratedRegex(@"^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\z")]
    private static partial Regex RegionPattern();

    [GeneratedRegex(@"^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}[a-z]\z")]
    private static partial Regex ZonePattern();

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,31}\.[a-z0-9-]{1,31}\z")]
    private static partial Regex InstanceTypePattern();

    [GeneratedRegex(@"^(ami-[0-9a-f]{8,17}|resolve:ssm:[A-Za-z0-9/._:-]{1,900})\z")]
    private static partial Regex ImagePattern();

    [GeneratedRegex(@"^[A-Za-z0-9/_-]{1,200}\z")]
    private static partial Regex AliasPattern();

    [GeneratedRegex(@"^[\p{L}\p{N}_.:/+@-][\p{L}\p{N} _.:/+@-]{0,127}=[\p{L}\p{N} _.:/+@-]{0,256}\z")]
    private static partial Regex TagPattern();
}
