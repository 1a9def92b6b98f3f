using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.Instances;

namespace Sequencer.Iac.Diagnosis;

/// <summary>The instance types of a region that this product can run on, as EC2 itself names them.</summary>
internal static class EnclaveTypes
{
    /// <summary>How many are shown.</summary>
    private const int ShownMax = 8;

    /// <summary>
    /// The smallest ones of the current generation, by vCPUs and then memory, that can give an enclave so much.
    /// </summary>
    public static async Task<IReadOnlyList<string>> SmallestAsync(
        AwsConnection aws, int memoryMib, int cpuCount, CancellationToken cancellation)
    {
        var types = new List<InstanceTypeFacts>();
        var request = new DescribeInstanceTypesRequest
        {
            Filters =
            [
                new Filter("nitro-enclaves-support", ["supported"]),
                new Filter("current-generation", ["true"]),
                new Filter("processor-info.supported-architecture", [InstanceTypeFacts.ArchitectureOfOurs]),
            ],
        };
        do
        {
            var page = await aws.AskAsync(
                "ec2:DescribeInstanceTypes", "list the types that can run enclaves",
                token => aws.Ec2.DescribeInstanceTypesAsync(request, token), cancellation);
            types.AddRange((page.InstanceTypes ?? []).Select(InstanceTypeFacts.Of));
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        return
        [
            .. types.Where(type => type.CannotGive(memoryMib, cpuCount) is null)
                .OrderBy(type => type.VcpuCount).ThenBy(type => type.MemoryMib)
                .ThenBy(type => type.Name, StringComparer.Ordinal).Select(type => type.Name).Take(ShownMax),
        ];
    }
}
