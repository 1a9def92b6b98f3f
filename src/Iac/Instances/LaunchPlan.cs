using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.EC2;
using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.Configuration;

namespace Sequencer.Iac.Instances;

/// <summary>Everything that decides what a new instance is.</summary>
internal sealed record LaunchPlan
{
    public required string Name { get; init; }

    public required bool IsNitro { get; init; }

    public required string InstanceType { get; init; }

    public required MachineImage Image { get; init; }

    public required string KeyName { get; init; }

    public required string SecurityGroupId { get; init; }

    /// <summary>The availability zone; null leaves it to EC2.</summary>
    public string? Zone { get; init; }

    public required int VolumeGib { get; init; }

    public string? InstanceProfile { get; init; }

    /// <summary>The script of the first boot; null for none.</summary>
    public string? UserData { get; init; }

    /// <summary>The request: one instance, IMDSv2 alone, encrypted volume, everything tagged.</summary>
    public RunInstancesRequest ToRequest(ResolvedSettings settings, string clientToken)
    {
        var request = new RunInstancesRequest
        {
            MinCount = 1,
            MaxCount = 1,
            ClientToken = clientToken,
            ImageId = Image.Id,
            InstanceType = InstanceType,
            KeyName = KeyName,
            SecurityGroupIds = [SecurityGroupId],
            MetadataOptions = new InstanceMetadataOptionsRequest
            {
                HttpEndpoint = InstanceMetadataEndpointState.Enabled,
                HttpTokens = HttpTokensState.Required,
                HttpPutResponseHopLimit = 1,
            },
            BlockDeviceMappings =
            [
                new BlockDeviceMapping
                {
                    DeviceName = Image.RootDevice,
                    Ebs = new EbsBlockDevice
                    {
                        Encrypted = true,
                        DeleteOnTermination = true,
                        VolumeSize = VolumeGib,
                        VolumeType = VolumeType.Gp3,
                    },
                },
            ],
            TagSpecifications =
            [
                Ownership.Specification(ResourceType.Instance, Name, settings),
                Ownership.Specification(ResourceType.Volume, Name, settings),
            ],
        };
        if (Zone is not null)
            request.Placement = new Placement { AvailabilityZone = Zone };
        if (IsNitro)
            request.EnclaveOptions = new EnclaveOptionsRequest { Enabled = true };
        if (UserData is not null)
            request.UserData = Convert.ToBase64String(Encoding.UTF8.GetBytes(UserData));
        if (InstanceProfile is not null)
            request.IamInstanceProfile = new IamInstanceProfileSpecification { Name = InstanceProfile };
        return request;
    }

    /// <summary>
    /// The token by which EC2 recognises a repeated request and answers it with the same instance: a hash of
    /// the plan, of the tags, and of the instances of this name that came before. Two people (or one, twice) who
    /// ask for the same thing at the same time get one instance.
    /// </summary>
    public string ClientToken(ResolvedSettings settings, IEnumerable<string> idsBefore)
    {
        string?[] parts =
        [
            Name, IsNitro ? "nitro" : "standard", InstanceType, Image.Id, Image.RootDevice, KeyName,
            SecurityGroupId, Zone, VolumeGib.ToString(CultureInfo.InvariantCulture), InstanceProfile, UserData,
            settings.Find(Settings.Tags), string.Join(',', idsBefore.Order(StringComparer.Ordinal)),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
    }
}
