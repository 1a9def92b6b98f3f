using Amazon.EC2.Model;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Instances;

/// <summary>An instance as this tool shows it.</summary>
internal sealed record InstanceView
{
    public required string Name { get; init; }

    public required string InstanceId { get; init; }

    /// <summary>pending, running, stopping, stopped, shutting-down or terminated.</summary>
    public required string State { get; init; }

    public string? InstanceType { get; init; }

    public string? ImageId { get; init; }

    public string? AvailabilityZone { get; init; }

    public string? PublicDns { get; init; }

    public string? PublicIp { get; init; }

    public string? PrivateIp { get; init; }

    public string? KeyName { get; init; }

    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>Null where the service does not say.</summary>
    public bool? EnclavesEnabled { get; init; }

    /// <summary>"required" is IMDSv2 alone; null where the service does not say.</summary>
    public string? MetadataTokens { get; init; }

    public DateTimeOffset? LaunchedAt { get; init; }

    /// <summary>A command that connects; null while there is no address.</summary>
    public string? Connect { get; init; }

    public static InstanceView Of(Instance instance, string? connect) => new()
    {
        Name = NameOf(instance),
        InstanceId = instance.InstanceId,
        State = StateOf(instance),
        InstanceType = instance.InstanceType?.Value,
        ImageId = instance.ImageId,
        AvailabilityZone = instance.Placement?.AvailabilityZone,
        PublicDns = NullIfEmpty(instance.PublicDnsName),
        PublicIp = NullIfEmpty(instance.PublicIpAddress),
        PrivateIp = NullIfEmpty(instance.PrivateIpAddress),
        KeyName = NullIfEmpty(instance.KeyName),
        SecurityGroups = [.. (instance.SecurityGroups ?? []).Select(group => group.GroupName)],
        EnclavesEnabled = instance.EnclaveOptions?.Enabled,
        MetadataTokens = instance.MetadataOptions?.HttpTokens?.Value,
        LaunchedAt = Moments.Utc(instance.LaunchTime),
        Connect = connect,
    };

    public static string NameOf(Instance instance) =>
        instance.Tags?.Find(tag => tag.Key == "Name")?.Value ?? string.Empty;

    public static string StateOf(Instance instance) => instance.State?.Name?.Value ?? "unknown";

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
