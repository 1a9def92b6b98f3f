namespace Sequencer.Iac.Configuration;

/// <summary>
/// Every key of <c>[iac.aws]</c>: the one list that options, variables, file, sample and guide follow.
/// </summary>
internal static class Settings
{
    public const string KindNitro = "nitro";
    public const string KindStandard = "standard";
    public const string KeyTypeEd25519 = "ed25519";
    public const string KeyTypeRsa = "rsa";

    public static readonly Setting CredFile = new("cred_file",
        "Access key of AWS: a CSV's name in secrets/, as the console hands it out. Unset: the AWS default "
        + "chain (environment, profile, SSO, instance role).")
    {
        ValueName = "file",
        Sample = "\"blocky_accessKeys.csv\"",
        SetInSample = true,
        Check = SettingChecks.CredentialFileName,
    };

    public static readonly Setting Region = new("region", "Region that everything is made in.")
    {
        ValueName = "region",
        Sample = "\"us-east-1\"",
        SetInSample = true,
        Check = SettingChecks.Region,
    };

    public static readonly Setting KeyName = new("key_name",
        "Name of the SSH key pair; its private key is secrets/<name>.pem.")
    {
        ValueName = "name",
        Sample = "\"sequencer-key\"",
        SetInSample = true,
        Check = SettingChecks.Name,
    };

    public static readonly Setting SecurityGroup = new("security_group", "Name of the security group.")
    {
        ValueName = "name",
        Sample = "\"sequencer-group\"",
        SetInSample = true,
        Check = SettingChecks.GroupName,
    };

    public static readonly Setting InstanceName = new("instance_name", "Name of the instance (its Name tag).")
    {
        ValueName = "name",
        Sample = "\"sequencer\"",
        SetInSample = true,
        Check = SettingChecks.Name,
    };

    public static readonly Setting SshCidr = new("ssh_cidr",
        "Addresses or blocks that may use SSH: your own, as the internet sees it, and those of others who "
        + "operate the instance. No default; a block wider than /16 (IPv6: /32) needs --open-ssh-to-the-world.")
    {
        ValueName = "cidrs",
        Sample = "[\"203.0.113.7/32\"]",
        Kind = SettingKind.TextList,
        Check = SettingChecks.SshCidrs,
    };

    public static readonly Setting ServicePorts = new("service_ports",
        "TCP ports that everybody may reach, such as the gateway's. Unset: none.")
    {
        ValueName = "ports",
        Sample = "[5000]",
        Kind = SettingKind.IntegerList,
        Check = SettingChecks.ServicePorts,
    };

    public static readonly Setting InstanceKind = new("instance_kind",
        "nitro (enclaves enabled, nitro-cli and allocator installed) or standard (a plain instance).")
    {
        ValueName = "nitro|standard",
        Default = KindNitro,
        Sample = "\"nitro\"",
        Check = SettingChecks.OneOf(KindNitro, KindStandard),
    };

    public static readonly Setting InstanceType = new("instance_type",
        "Instance type. Unset: c5a.xlarge for nitro, t3.micro for standard.")
    {
        ValueName = "type",
        Sample = "\"c5a.xlarge\"",
        Check = SettingChecks.InstanceType,
    };

    public static readonly Setting ImageId = new("image_id",
        "Machine image. Unset: the newest Amazon Linux 2023 for the type's architecture.")
    {
        ValueName = "image",
        Sample = "\"ami-0123456789abcdef0\"",
        Check = SettingChecks.ImageId,
    };

    public static readonly Setting AvailabilityZone = new("availability_zone",
        "Zone of the region that the instance starts in: a volume attaches in its own zone only. Unset: EC2 "
        + "chooses.")
    {
        ValueName = "zone",
        Sample = "\"us-east-1a\"",
        Check = SettingChecks.AvailabilityZone,
    };

    public static readonly Setting VolumeGib = new("volume_gib", "Size of the encrypted root volume, in GiB.")
    {
        ValueName = "gib",
        Default = "20",
        Sample = "20",
        Kind = SettingKind.Integer,
        Check = SettingChecks.Number(8, 16384),
    };

    public static readonly Setting EnclaveMemoryMib = new("enclave_memory_mib",
        "Memory that the allocator sets aside for enclaves, in MiB.")
    {
        ValueName = "mib",
        Default = "2048",
        Sample = "2048",
        Kind = SettingKind.Integer,
        Check = SettingChecks.Number(64, 8_388_608),
    };

    public static readonly Setting EnclaveCpuCount = new("enclave_cpu_count",
        "vCPUs that the allocator sets aside for enclaves; whole cores, leaving one to the instance.")
    {
        ValueName = "count",
        Default = "2",
        Sample = "2",
        Kind = SettingKind.Integer,
        Check = SettingChecks.Number(1, 1024),
    };

    public static readonly Setting InstanceProfile = new("instance_profile",
        "IAM instance profile that the instance gets; it shows in PCR3 and lets the gateway use KMS."
        + " Unset: none.")
    {
        ValueName = "name",
        Sample = "\"sequencer-role\"",
        Check = SettingChecks.Name,
    };

    public static readonly Setting KeyType = new("key_type", "Type of the SSH key pair: ed25519 or rsa.")
    {
        ValueName = "ed25519|rsa",
        Default = KeyTypeEd25519,
        Sample = "\"ed25519\"",
        Check = SettingChecks.OneOf(KeyTypeEd25519, KeyTypeRsa),
    };

    public static readonly Setting KmsAlias = new("kms_alias", "Alias of the operator's log key in KMS.")
    {
        ValueName = "alias",
        Default = "sequencer-log-key",
        Sample = "\"sequencer-log-key\"",
        Check = SettingChecks.KmsAlias,
    };

    public static readonly Setting Tags = new("tags", "More tags for everything made, as key=value.")
    {
        ValueName = "tags",
        Sample = "{ team = \"ledger\", stage = \"test\" }",
        Kind = SettingKind.Table,
        Check = SettingChecks.Tags,
    };

    public static readonly Setting EndpointUrl = new("endpoint_url",
        "Address of another service that speaks the AWS API, such as an emulator. Unset: AWS itself.")
    {
        ValueName = "url",
        Sample = "\"http://127.0.0.1:5555\"",
        Check = SettingChecks.EndpointUrl,
    };

    /// <summary>In the order of the sample and of <c>config show</c>.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        CredFile, Region, KeyName, SecurityGroup, InstanceName, SshCidr, ServicePorts, InstanceKind,
        InstanceType, ImageId, AvailabilityZone, VolumeGib, EnclaveMemoryMib, EnclaveCpuCount, InstanceProfile,
        KeyType, KmsAlias, Tags, EndpointUrl,
    ];
}
