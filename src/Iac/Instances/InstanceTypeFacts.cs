using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Instances;

/// <summary>What EC2 itself says about an instance type.</summary>
/// <param name="Name">Such as "c5a.xlarge".</param>
/// <param name="Architecture">"x86_64" or "arm64".</param>
/// <param name="VcpuCount">Virtual CPUs.</param>
/// <param name="ThreadsPerCore">vCPUs of one core; enclaves get whole cores.</param>
/// <param name="MemoryMib">Memory in MiB.</param>
/// <param name="SupportsEnclaves">Whether Nitro Enclaves can be enabled.</param>
internal sealed record InstanceTypeFacts(
    string Name, string Architecture, int VcpuCount, int ThreadsPerCore, long MemoryMib,
    bool SupportsEnclaves)
{
    /// <summary>What gateway and enclave are built for.</summary>
    public const string ArchitectureOfOurs = "x86_64";

    /// <summary>Memory that the instance itself keeps, at the least, in MiB.</summary>
    public const int ParentMemoryLeastMib = 512;

    public static InstanceTypeFacts Of(InstanceTypeInfo info) => new(
        info.InstanceType.Value,
        (info.ProcessorInfo?.SupportedArchitectures ?? []).Contains("arm64") ? "arm64" : "x86_64",
        info.VCpuInfo?.DefaultVCpus ?? 0,
        Math.Max(1, info.VCpuInfo?.DefaultThreadsPerCore ?? 1),
        info.MemoryInfo?.SizeInMiB ?? 0,
        info.NitroEnclavesSupport?.Value == "supported");

    public static async Task<InstanceTypeFacts> AskAsync(
        AwsConnection aws, string type, CancellationToken cancellation)
    {
        var request = new DescribeInstanceTypesRequest { InstanceTypes = [type] };
        var response = await aws.AskAsync(
            "ec2:DescribeInstanceTypes", $"describe the instance type {type}",
            token => aws.Ec2.DescribeInstanceTypesAsync(request, token), cancellation);
        return response.InstanceTypes is [var info]
            ? Of(info)
            : throw new IacException(
                ExitCode.Failed,
                $"There is no instance type {type} in {aws.Region}.",
                "Choose another --instance-type; 'iac doctor' lists types that can run enclaves.");
    }

    /// <summary>
    /// Why the type cannot give an enclave of ours so much, as the end of "it …"; null where it can.
    /// </summary>
    public string? CannotGive(int memoryMib, int cpuCount)
    {
        if (!SupportsEnclaves)
            return "cannot run Nitro Enclaves, says EC2";
        if (Architecture != ArchitectureOfOurs)
            return $"is {Architecture}, and gateway and enclave are built for {ArchitectureOfOurs}";
        if (cpuCount % ThreadsPerCore != 0)
            return $"gives enclaves whole cores of {ThreadsPerCore} vCPUs, so enclave_cpu_count must be a "
                + $"multiple of {ThreadsPerCore}";
        if (cpuCount > VcpuCount - ThreadsPerCore)
            return $"has {VcpuCount} vCPUs, of which at most {VcpuCount - ThreadsPerCore} can go to enclaves "
                + $"(enclave_cpu_count is {cpuCount})";
        return memoryMib > MemoryMib - ParentMemoryLeastMib
            ? $"has {MemoryMib} MiB of memory, of which at most {MemoryMib - ParentMemoryLeastMib} can go "
                + $"to enclaves (enclave_memory_mib is {memoryMib})"
            : null;
    }
}
