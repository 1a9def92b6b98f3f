using System.Text.RegularExpressions;
using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Instances;

/// <summary>
/// The image to start and the device name of its root volume, which must be known to encrypt it.
/// </summary>
internal sealed partial record MachineImage(string Id, string RootDevice)
{
    private const string ParameterPrefix = "resolve:ssm:";
    private const string AmazonLinuxPath = "/aws/service/ami-amazon-linux-latest/";
    private const string AmazonLinuxRootDevice = "/dev/xvda";
    private const string AmazonLinux2 = "amzn2";

    /// <summary>Whether it is named by a parameter, which stands for newer images as time goes by.</summary>
    public bool IsParameter => NamesParameter(Id);

    /// <summary>
    /// The newest Amazon Linux 2023 of that architecture. EC2 itself looks the public parameter up at launch,
    /// for which the caller needs ssm:GetParameters.
    /// </summary>
    public static MachineImage AmazonLinux(string architecture) => new(
        $"{ParameterPrefix}{AmazonLinuxPath}al2023-ami-kernel-default-{architecture}", AmazonLinuxRootDevice);

    /// <summary>
    /// The chosen image, checked against the type's architecture and, for nitro, against what is to run there;
    /// Amazon Linux 2023 where none is chosen.
    /// </summary>
    public static async Task<MachineImage> ChooseAsync(
        AwsConnection aws, string? imageId, bool isNitro, InstanceTypeFacts type, CancellationToken cancellation)
    {
        if (imageId is null)
            return AmazonLinux(type.Architecture);
        if (NamesParameter(imageId))
            return OfParameter(imageId, isNitro, type);

        var request = new DescribeImagesRequest { ImageIds = [imageId] };
        var response = await aws.AskAsync(
            "ec2:DescribeImages", $"describe the image {imageId}",
            token => aws.Ec2.DescribeImagesAsync(request, token), cancellation);
        if (response.Images is not [var image])
        {
            throw new IacException(
                ExitCode.Failed, $"There is no image {imageId} in {aws.Region}.",
                "Unset image_id to take Amazon Linux 2023, or name one of this region.");
        }

        return Checked(
            new MachineImage(imageId, image.RootDeviceName ?? AmazonLinuxRootDevice),
            image.Architecture?.Value, type);
    }

    /// <summary>
    /// The image behind a parameter. EC2 looks it up at launch and not before, so it must be one whose root
    /// volume and architecture are known by its name: Amazon Linux.
    /// </summary>
    private static MachineImage OfParameter(string id, bool isNitro, InstanceTypeFacts type)
    {
        var match = AmazonLinuxPattern().Match(id);
        if (!match.Success)
        {
            throw new IacException(
                ExitCode.Failed,
                $"{id} is not a parameter of Amazon Linux 2 or 2023 ({AmazonLinuxPath}…), and only of those it "
                + "is known before the launch which volume is the root and must be encrypted.",
                "Name the image by its own id (ami-…), or unset image_id to take Amazon Linux 2023.");
        }

        if (isNitro && match.Groups["system"].Value == AmazonLinux2)
        {
            throw new IacException(
                ExitCode.Failed,
                $"{id} is Amazon Linux 2: it has no 'dnf', by which nitro-cli is installed, and its C library is "
                + "older than what the gateway needs.",
                "Unset image_id to take Amazon Linux 2023, or --instance-kind standard for a plain instance.");
        }

        return Checked(new MachineImage(id, AmazonLinuxRootDevice), match.Groups["architecture"].Value, type);
    }

    private static MachineImage Checked(MachineImage image, string? architecture, InstanceTypeFacts type) =>
        architecture == type.Architecture
            ? image
            : throw new IacException(
                ExitCode.Failed,
                $"The image {image.Id} is for {architecture}, but {type.Name} is {type.Architecture}.",
                "Choose an --instance-type and --image-id of one architecture, or unset image_id.");

    private static bool NamesParameter(string id) => id.StartsWith(ParameterPrefix, StringComparison.Ordinal);

    [GeneratedRegex(
        $@"^{ParameterPrefix}{AmazonLinuxPath}(?<system>al2023|{AmazonLinux2})-ami-([a-z0-9.]+-)+"
        + @"(?<architecture>x86_64|arm64)(-gp2|-ebs)?(:[0-9]+)?\z")]
    private static partial Regex AmazonLinuxPattern();
}
