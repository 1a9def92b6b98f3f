using System.Xml.Linq;

namespace Sequencer.Iac.Tests.Fakes;

/// <summary>What EC2 says about instance types and images.</summary>
internal static class FakeInstanceTypes
{
    public const string ImageX86 = "ami-0123456789abcdef0";
    public const string ImageArm = "ami-0fedcba9876543210";

    private static readonly FakeType[] Known =
    [
        new("t3.micro", "x86_64", 2, 2, 1024, "unsupported"),
        new("c5a.xlarge", "x86_64", 4, 2, 8192, "supported"),
        new("m5.xlarge", "x86_64", 4, 2, 16384, "supported"),
        new("c5a.2xlarge", "x86_64", 8, 2, 16384, "supported"),
        new("r5.4xlarge", "x86_64", 16, 2, 131072, "supported"),
        new("c6g.large", "arm64", 2, 1, 4096, "supported"),
        new("c6g.xlarge", "arm64", 4, 1, 8192, "supported"),
        new("g4dn.xlarge", "x86_64", 4, 2, 16384, "supported"),
    ];

    public static HttpResponseMessage Describe(AwsCall call)
    {
        var asked = call.List("InstanceType");
        if (asked.Except(Known.Select(type => type.Name)).Any())
        {
            throw new Refused(
                "InvalidInstanceType",
                $"The following supplied instance types do not exist: [{string.Join(", ", asked)}]");
        }

        var found = Known.Where(type => asked.Count == 0 || asked.Contains(type.Name))
            .Where(type => call.Admits(filter => ValueOf(type, filter)));
        return Answers.Xml(call.Action, Answers.Set("instanceTypeSet", found.Select(type => new object?[]
        {
            new XElement("instanceType", type.Name),
            new XElement("processorInfo", Architectures(type)),
            new XElement(
                "vCpuInfo", new XElement("defaultVCpus", type.Vcpus),
                new XElement("defaultThreadsPerCore", type.Threads)),
            new XElement("memoryInfo", new XElement("sizeInMiB", type.MemoryMib)),
            new XElement("nitroEnclavesSupport", type.Enclaves),
        })));
    }

    public static HttpResponseMessage Images(AwsCall call)
    {
        var architecture = call["ImageId.1"] switch
        {
            ImageX86 => "x86_64",
            ImageArm => "arm64",
            _ => throw new Refused("InvalidAMIID.NotFound", "The image id does not exist"),
        };
        return Answers.Xml(call.Action, Answers.Set("imagesSet",
        [
            [
                new XElement("imageId", call["ImageId.1"]),
                new XElement("architecture", architecture),
                new XElement("rootDeviceName", "/dev/sda1"),
            ],
        ]));
    }

    private static XElement Architectures(FakeType type) =>
        new("supportedArchitectures", new XElement("item", type.Architecture));

    private static string? ValueOf(FakeType type, string filter) => filter switch
    {
        "nitro-enclaves-support" => type.Enclaves,
        "current-generation" => "true",
        "processor-info.supported-architecture" => type.Architecture,
        _ => null,
    };

    private sealed record FakeType(
        string Name, string Architecture, int Vcpus, int Threads, int MemoryMib, string Enclaves);
}
