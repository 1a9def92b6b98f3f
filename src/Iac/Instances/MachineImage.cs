using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Instances;

/// <summary>
/// The image to start and the device name of its root volume, which must be known to encrypt it.
/// </summary>
internal sealed record MachineImage(string Id, string RootDevice)
{
    private const string ParameterPrefix = "resolve:ssm:";
    private const string AmazonLinuxRootDevice = "/dev/xvda";

    /// <summary>
    /// The newest Amazon Linux 2023 of that architecture. EC2 itself looks the public parameter up at launch,
    /// for which the caller needs ssm:GetParameters.
    /// </summary>
    public static MachineImage AmazonLinux(string architecture) => new(
        $"{ParameterPrefix}/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}",
        AmazonLinuxRootDevice);

    /// <summary>
    /// The chosen image, checked against the type's architecture; Amazon Linux where none is chosen.
    /// </summary>
    public static async Task<MachineImage> ChooseAsync(
        AwsConnection aws, string? imageId, InstanceTypeFacts type, CancellationToken cancellation)
    {
        if (imageId is null)
            return AmazonLinux(type.Architecture);
        if (imageId.StartsWith(ParameterPrefix, StringComparison.Ordinal))
            return new MachineImage(imageId, AmazonLinuxRootDevice);

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

        return image.Architecture?.Value == type.Architecture
            ? new MachineImage(imageId, image.RootDeviceName ?? AmazonLinuxRootDevice)
            : throw new IacException(
                ExitCode.Failed,
                $"The image {imageId} is for {image.Architecture?.Value}, but {type.Name} is "
                + $"{type.Architecture}.",
                "Choose an --instance-type and --image-id of one architecture, or unset image_id.");
    }
}
