using Amazon.EC2.Model;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Instances;

/// <summary>What keeps <c>up</c> from taking an instance that is there for the one that is wanted.</summary>
internal static class InstanceDifference
{
    /// <summary>What the times that AWS gives may be off: some are whole seconds.</summary>
    private static readonly TimeSpan TimesOffMax = TimeSpan.FromMinutes(1);

    /// <summary>Throws, with what <c>up</c> would not change, where the instance is not as planned.</summary>
    public static void Refuse(Instance instance, LaunchPlan plan)
    {
        if (Of(instance, plan) is not { } difference)
            return;
        throw new IacException(
            ExitCode.Failed,
            $"The instance '{plan.Name}' ({instance.InstanceId}) {difference}, and 'iac up' does not change that.",
            "Change the configuration back or the instance in the console, or run 'iac instance terminate' and "
            + "'iac up' (its volume goes with it: save /etc/sequencer first).");
    }

    /// <summary>
    /// Throws where the instance was made with a pair of the name that AWS has no longer: a new one, made now,
    /// would not open it.
    /// </summary>
    public static void RefuseWithoutPair(Instance instance, string keyName)
    {
        if (instance.KeyName != keyName)
            return;
        throw new IacException(
            ExitCode.Failed,
            $"The instance '{InstanceView.NameOf(instance)}' ({instance.InstanceId}) has the public key of an "
            + $"earlier key pair '{keyName}', which AWS has no longer; a new one would not open it.",
            "Whoever has that pair's private key can still connect, and save what is there; then run 'iac "
            + "instance terminate' and 'iac up' (its volume goes with it: save /etc/sequencer first).");
    }

    /// <summary>
    /// A warning where the instance uses a pair of that name and is older than this one; null where it is not, or
    /// where AWS does not tell the times.
    /// </summary>
    public static string? OlderThan(KeyPairInfo key, Instance instance) =>
        instance.KeyName == key.KeyName && Moments.Utc(key.CreateTime) - MadeAt(instance) > TimesOffMax
            ? $"the instance {instance.InstanceId} is older than the key pair '{key.KeyName}' ({key.KeyPairId}): "
                + "it has the public key of an earlier one, unless somebody put this one's there"
            : null;

    /// <summary>The root volume is attached once; the launch time is that of the last start.</summary>
    private static DateTimeOffset? MadeAt(Instance instance) => Moments.Utc(
        instance.BlockDeviceMappings?.Find(one => one.DeviceName == instance.RootDeviceName)?.Ebs?.AttachTime
        ?? instance.LaunchTime);

    /// <summary>
    /// How the instance differs from the plan, as the end of "it …"; null where it does not. AWS does not tell
    /// the sizes of volume and enclaves with an instance, nor by which parameter its image was chosen.
    /// </summary>
    private static string? Of(Instance instance, LaunchPlan plan)
    {
        if (instance.InstanceType?.Value != plan.InstanceType)
            return $"is a {instance.InstanceType?.Value}, not a {plan.InstanceType}";
        if (instance.KeyName != plan.KeyName)
            return $"has the key pair '{instance.KeyName}', not '{plan.KeyName}'";
        if (instance.SecurityGroups?.Exists(group => group.GroupId == plan.SecurityGroupId) != true)
            return $"is not in the security group {plan.SecurityGroupId}";
        if (instance.EnclaveOptions?.Enabled is { } enabled && enabled != plan.IsNitro)
            return $"has enclaves {(enabled ? "enabled" : "off")}";
        if (plan.Zone is not null && instance.Placement?.AvailabilityZone != plan.Zone)
            return $"is in {instance.Placement?.AvailabilityZone}, not in {plan.Zone}";
        if (!plan.Image.IsParameter && instance.ImageId != plan.Image.Id)
            return $"has the image {instance.ImageId}, not {plan.Image.Id}";
        return ProfileOf(instance) != plan.InstanceProfile
            ? $"has the instance profile {Shown(ProfileOf(instance))}, not {Shown(plan.InstanceProfile)}"
            : null;
    }

    /// <summary>The name of the instance's profile, which AWS tells as an ARN; null for none.</summary>
    private static string? ProfileOf(Instance instance)
    {
        var arn = instance.IamInstanceProfile?.Arn;
        return arn?[(arn.LastIndexOf('/') + 1)..];
    }

    private static string Shown(string? profile) => profile is null ? "none" : $"'{profile}'";
}
