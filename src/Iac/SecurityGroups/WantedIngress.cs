using System.Globalization;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.SecurityGroups;

/// <summary>
/// The rules that the configuration asks for: SSH from ssh_cidr, the service ports from everywhere.
/// </summary>
internal static class WantedIngress
{
    public const int SshPort = 22;

    /// <summary>
    /// Refuses where nobody has said who may use SSH, and where a block is wider than anybody's own address
    /// without the flag that says so. The tool asks no third party for the operator's address.
    /// </summary>
    public static IReadOnlyList<IngressRule> From(Session session)
    {
        var mayBeOpen = session.Value(SharedOptions.OpenSsh);
        var rules = new List<IngressRule>();
        if (session.Settings.Find(Settings.SshCidr) is { } text)
        {
            var blocks = text.Split(',', StringSplitOptions.TrimEntries);
            rules.AddRange(blocks.Select(block => Ssh(block, mayBeOpen)));
        }
        else if (mayBeOpen)
        {
            rules.Add(IngressRule.Tcp(SshPort, CidrBlock.EverywhereV4));
        }
        else
        {
            throw new IacException(
                ExitCode.Usage,
                "ssh_cidr is not set, and SSH is never opened to the world by default.",
                "Give your own address as the internet sees it (for one, 'curl "
                + $"https://checkip.amazonaws.com' prints it): {Settings.SshCidr.Option} 203.0.113.7/32, or "
                + "ssh_cidr under [iac.aws].");
        }

        var ports = session.Settings.Find(Settings.ServicePorts)?.Split(',', StringSplitOptions.TrimEntries);
        foreach (var port in (ports ?? []).Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
        {
            rules.Add(IngressRule.Tcp(port, CidrBlock.EverywhereV4));
            rules.Add(IngressRule.Tcp(port, CidrBlock.EverywhereV6));
        }

        return rules;
    }

    private static IngressRule Ssh(string text, bool mayBeOpen)
    {
        _ = CidrBlock.TryParse(text, out var block, out _);
        return mayBeOpen || !block.IsOpen
            ? IngressRule.Tcp(SshPort, block)
            : throw new IacException(
                ExitCode.Failed,
                $"ssh_cidr {block} would let far more than your own address use SSH.",
                $"Give your own address, or add {SharedOptions.OpenSsh.Name} if you mean it.");
    }
}
