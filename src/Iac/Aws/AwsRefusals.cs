using System.Text.RegularExpressions;

namespace Sequencer.Iac.Aws;

/// <summary>
/// The error codes of EC2, KMS and STS that an operator of this tool meets, explained. "{action}" stands for
/// the IAM action, "{region}" for the region.
/// </summary>
internal static partial class AwsRefusals
{
    /// <summary>More of what AWS wrote is for --verbose.</summary>
    private const int MessageMaxChars = 300;

    private static readonly AwsRefusal WrongKey = new(
        "AWS does not know the access key, its secret does not match, or the account has not enabled {region}",
        "Check cred_file and region ('iac config show' says what is in force); a deleted key needs a new CSV, "
        + "a region is enabled in the account's settings.");

    private static readonly AwsRefusal NotAllowed = new(
        "these credentials may not do that in {region}",
        "Have a policy attached to them that allows {action}; 'iac doctor' lists what else is missing.");

    private static readonly AwsRefusal Expired = new(
        "the credentials have run out, or this machine's clock is wrong",
        "Sign in again (for SSO: aws sso login) and check the clock.");

    private static readonly AwsRefusal Throttled = new(
        "AWS is limiting the requests of this account",
        "Wait a minute and run the command again; it is safe to repeat.");

    private static readonly AwsRefusal Broken = new(
        "AWS failed on its side",
        "Wait a minute and run the command again; it is safe to repeat.");

    private static readonly AwsRefusal NoVpc = new(
        "the account has no default network in {region}",
        "Make one with 'aws ec2 create-default-vpc', or choose another --region.");

    private static readonly Dictionary<string, AwsRefusal> Known = new(StringComparer.Ordinal)
    {
        ["AuthFailure"] = WrongKey,
        ["InvalidClientTokenId"] = WrongKey,
        ["UnrecognizedClientException"] = WrongKey,
        ["SignatureDoesNotMatch"] = WrongKey,
        ["InvalidSignatureException"] = WrongKey,
        ["MissingAuthenticationToken"] = WrongKey,
        ["ExpiredToken"] = Expired,
        ["ExpiredTokenException"] = Expired,
        ["RequestExpired"] = Expired,
        ["UnauthorizedOperation"] = NotAllowed,
        ["AccessDenied"] = NotAllowed,
        ["AccessDeniedException"] = NotAllowed,
        ["OptInRequired"] = new(
            "the account is not signed up for this service or region",
            "Enable {region} in the account's settings, or choose another --region."),
        ["Blocked"] = new(
            "the account is blocked", "Ask AWS Support; nothing can be made until they lift it."),
        ["PendingVerification"] = new(
            "AWS is still verifying the account for {region}",
            "Wait for its mail, at most a few hours, and repeat."),
        ["VcpuLimitExceeded"] = new(
            "the account's quota of vCPUs for this family of instance types is used up in {region}",
            "Ask for more under Service Quotas, terminate something, or choose a smaller --instance-type."),
        ["InstanceLimitExceeded"] = new(
            "the account's quota of instances is used up in {region}",
            "Ask for more under Service Quotas, or terminate something."),
        ["InsufficientInstanceCapacity"] = new(
            "AWS has no such instance to give in {region} at the moment",
            "Repeat in a few minutes, or choose another --instance-type or --region."),
        ["Unsupported"] = new(
            "this instance type cannot be had with these settings in {region}",
            "Choose another --instance-type; 'iac doctor' lists types that can run enclaves."),
        ["InvalidInstanceType"] = new(
            "there is no such instance type in {region}",
            "Check --instance-type; 'iac doctor' lists types that can run enclaves."),
        ["InvalidAMIID.NotFound"] = new(
            "there is no such image in {region}; every region has ids of its own",
            "Unset image_id to take Amazon Linux 2023, or name one of this region."),
        ["InvalidAMIID.Malformed"] = new("the image's id is not one", "Check --image-id."),
        ["InvalidAMIID.Unavailable"] = new(
            "the image is not ready or was withdrawn", "Name another --image-id."),
        ["InvalidKeyPair.NotFound"] = new(
            "there is no such key pair in {region}", "Make it with 'iac key create'."),
        ["InvalidGroup.NotFound"] = new(
            "there is no such security group in {region}", "Make it with 'iac security-group create'."),
        ["InvalidInstanceID.NotFound"] = new(
            "there is no such instance in {region}", "See 'iac instance list'."),
        ["IncorrectInstanceState"] = new(
            "the instance is in a state that does not allow it",
            "See 'iac instance list' and repeat in a minute."),
        ["OperationNotPermitted"] = new(
            "the instance is protected against it",
            "Lift its termination or stop protection in the console, then repeat."),
        ["IdempotentParameterMismatch"] = new(
            "the same request was made a moment ago with other settings",
            "See 'iac instance list' for what that one made; repeat when it is gone."),
        ["DependencyViolation"] = new(
            "something still uses it",
            "Terminate the instances that use it ('iac instance list'), then repeat."),
        ["SecurityGroupLimitExceeded"] = new(
            "the account's quota of security groups is used up",
            "Delete one, or ask for more under Service Quotas."),
        ["RulesPerSecurityGroupLimitExceeded"] = new(
            "the group has too many rules",
            "List fewer service_ports, or ask for more under Service Quotas."),
        ["VolumeLimitExceeded"] = new(
            "the account's quota of volumes is used up",
            "Delete volumes, or ask for more under Service Quotas."),
        ["InvalidIamInstanceProfileName.NotFound"] = NoProfile(),
        ["InvalidIamInstanceProfileArn.NotFound"] = NoProfile(),
        ["VPCIdNotSpecified"] = NoVpc,
        ["VPCResourceNotSpecified"] = NoVpc,
        ["RequestLimitExceeded"] = Throttled,
        ["Throttling"] = Throttled,
        ["ThrottlingException"] = Throttled,
        ["InternalError"] = Broken,
        ["InternalFailure"] = Broken,
        ["KMSInternalException"] = Broken,
        ["DependencyTimeoutException"] = Broken,
        ["ServiceUnavailable"] = Broken,
        ["Unavailable"] = Broken,
        ["ValidationException"] = new(
            "the service does not know a value in the request, such as this type of key",
            "Check --region and endpoint_url: Ed25519 keys need a region (or emulator) that offers them."),
        ["UnsupportedOperationException"] = new(
            "{region} does not offer this type of key", "Choose another --region for the log key."),
        ["LimitExceededException"] = new(
            "the account's quota of keys or aliases is used up",
            "Delete some, or ask for more under Service Quotas."),
        ["NoSuchResourceException"] = new(
            "the service does not know that quota in {region}",
            "Look it up under Service Quotas in the console."),
        ["KMSInvalidStateException"] = new(
            "the key is disabled or about to be deleted", "See 'iac kms list'."),
    };

    /// <param name="code">The code that AWS gave.</param>
    /// <param name="message">What AWS wrote with it: the explanation where the code is not known
    /// here.</param>
    /// <param name="action">The IAM action that the call needs; one call may need several, so where AWS names
    /// another it is that one which is missing.</param>
    /// <param name="region">The region that was asked.</param>
    public static AwsRefusal Explain(string code, string message, string action, string region)
    {
        var found = Known.GetValueOrDefault(code) ?? new AwsRefusal(
            Shortened(message),
            "Run it again with --verbose for the details, and look the code up in AWS's manual.");
        var missing = MissingAction().Match(message) is { Success: true } named ? named.Groups[1].Value : action;
        return new AwsRefusal(Fill(found.Meaning, missing, region), Fill(found.NextStep, missing, region));
    }

    /// <summary>A message as part of a sentence: one line, no full stop, not endless.</summary>
    public static string Shortened(string message)
    {
        var line = message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return line.Length <= MessageMaxChars ? line : line[..MessageMaxChars] + "…";
    }

    private static AwsRefusal NoProfile() => new(
        "there is no such instance profile", "Make it in IAM first, or unset instance_profile.");

    private static string Fill(string text, string action, string region) => text
        .Replace("{action}", action, StringComparison.Ordinal)
        .Replace("{region}", region, StringComparison.Ordinal);

    [GeneratedRegex("not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9]+)")]
    private static partial Regex MissingAction();
}
