using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Keys;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Instances;

/// <summary>
/// Finds instances of this tool. One that is terminated, or on its way there, counts as gone.
/// </summary>
internal sealed class InstanceLookup(Session session)
{
    private readonly AwsConnection _aws = session.Aws;

    public static bool IsGone(Instance instance) =>
        InstanceView.StateOf(instance) is "shutting-down" or "terminated";

    /// <summary>As "i-0123456789abcdef0 (running), …".</summary>
    public static string Shown(IEnumerable<Instance> instances) => string.Join(
        ", ", instances.Select(one => $"{one.InstanceId} ({InstanceView.StateOf(one)})"));

    /// <summary>
    /// All that this tool made; the gone ones, which AWS shows for about an hour, only if asked for.
    /// </summary>
    public async Task<IReadOnlyList<Instance>> ListAsync(bool withGone, CancellationToken cancellation)
    {
        var found = await DescribeAsync("list the instances", [Ownership.Filter], cancellation);
        return
        [
            .. found.Where(instance => withGone || !IsGone(instance))
                .OrderBy(InstanceView.NameOf, StringComparer.Ordinal)
                .ThenBy(instance => instance.LaunchTime),
        ];
    }

    /// <summary>Those of that name that this tool made, gone ones included.</summary>
    public Task<List<Instance>> NamedAsync(string name, CancellationToken cancellation) => DescribeAsync(
        $"look up the instance '{name}'", [Ownership.Filter, new Filter("tag:Name", [name])], cancellation);

    /// <summary>
    /// The one of that name which is not gone; null where there is none. Two are refused, with their ids.
    /// </summary>
    public async Task<Instance?> FindAsync(string name, CancellationToken cancellation)
    {
        var found = (await NamedAsync(name, cancellation)).Where(instance => !IsGone(instance)).ToList();
        if (found.Count <= 1)
            return found.SingleOrDefault();
        throw new IacException(
            ExitCode.Failed,
            $"{found.Count} instances are named '{name}' in {_aws.Region}: {Shown(found)}.",
            "Say which one is meant with --instance-id, which the commands of 'iac instance' take.");
    }

    /// <summary>Those of that name that are on their way to being terminated.</summary>
    public async Task<List<Instance>> ShuttingDownAsync(string name, CancellationToken cancellation) =>
        (await NamedAsync(name, cancellation)).FindAll(one => InstanceView.StateOf(one) == "shutting-down");

    /// <summary>Those that use the key pair and are not gone, whoever made them.</summary>
    public Task<List<Instance>> WithKeyAsync(string keyName, CancellationToken cancellation) =>
        WithAsync("key-name", keyName, cancellation);

    /// <summary>Those that use the security group and are not gone, whoever made them.</summary>
    public Task<List<Instance>> WithGroupAsync(string groupId, CancellationToken cancellation) =>
        WithAsync("instance.group-id", groupId, cancellation);

    /// <summary>
    /// The instance of that id as AWS sees it now; null where AWS does not (or not yet) know it.
    /// </summary>
    public async Task<Instance?> ByIdAsync(string id, CancellationToken cancellation) =>
        (await DescribeAsync($"look up the instance {id}", [new Filter("instance-id", [id])], cancellation))
            .SingleOrDefault();

    /// <summary>
    /// The one that the command line means, by --instance-id or by name; throws where there is none.
    /// </summary>
    public async Task<Instance> ChosenAsync(CancellationToken cancellation)
    {
        if (session.Value(SharedOptions.InstanceId) is { } id)
            return await OursByIdAsync(id, cancellation);
        var name = session.Settings.Require(Settings.InstanceName);
        return await FindAsync(name, cancellation) ?? throw new IacException(
            ExitCode.NotFound,
            $"There is no instance '{name}' of this tool in {_aws.Region}.",
            "'iac instance list' shows those that there are.");
    }

    /// <summary>
    /// A command that connects to the instance; null while it has no address or no key pair.
    /// </summary>
    public string? ConnectCommand(Instance instance)
    {
        var host = string.IsNullOrEmpty(instance.PublicDnsName)
            ? instance.PublicIpAddress
            : instance.PublicDnsName;
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(instance.KeyName) || IsGone(instance))
            return null;
        var file = new PrivateKeyFile(instance.KeyName, session.Secrets).Shown;
        return $"ssh -i {ShellWord.Of(file)} ec2-user@{host}";
    }

    private async Task<List<Instance>> WithAsync(string filter, string value, CancellationToken cancellation)
    {
        var found = await DescribeAsync(
            $"look up the instances that use {value}", [new Filter(filter, [value])], cancellation);
        return found.FindAll(instance => !IsGone(instance));
    }

    private async Task<Instance> OursByIdAsync(string id, CancellationToken cancellation)
    {
        var instance = await ByIdAsync(id, cancellation);
        if (instance is null || IsGone(instance))
        {
            throw new IacException(
                ExitCode.NotFound,
                $"There is no instance {id} in {_aws.Region}.",
                "'iac instance list' shows those that there are.");
        }

        return Ownership.IsOurs(instance.Tags)
            ? instance
            : throw new IacException(
                ExitCode.Failed,
                $"The instance {id} was not made by this tool: it lacks the tag "
                + $"{Ownership.TagKey}={Ownership.TagValue}.",
                "This tool touches only what it made; use the console for others.");
    }

    private async Task<List<Instance>> DescribeAsync(
        string purpose, List<Filter> filters, CancellationToken cancellation)
    {
        var instances = new List<Instance>();
        var request = new DescribeInstancesRequest { Filters = filters };
        do
        {
            var page = await _aws.AskAsync(
                "ec2:DescribeInstances", purpose,
                token => _aws.Ec2.DescribeInstancesAsync(request, token), cancellation);
            instances.AddRange(
                (page.Reservations ?? []).SelectMany(reservation => reservation.Instances ?? []));
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        return instances;
    }
}
