using Amazon.EC2.Model;
using Sequencer.Iac.Aws;

namespace Sequencer.Iac.Diagnosis;

/// <summary>
/// Counts the vCPUs that the account's running instances take from the quota, whoever made them.
/// </summary>
internal static class VcpuUsage
{
    public static async Task<int> CountAsync(AwsConnection aws, CancellationToken cancellation)
    {
        var count = 0;
        var request = new DescribeInstancesRequest
        {
            Filters = [new Filter("instance-state-name", ["pending", "running"])],
        };
        do
        {
            var page = await aws.AskAsync(
                "ec2:DescribeInstances", "count the running instances",
                token => aws.Ec2.DescribeInstancesAsync(request, token), cancellation);
            count += (page.Reservations ?? [])
                .SelectMany(reservation => reservation.Instances ?? [])
                .Where(instance => instance.InstanceType is { } type && VcpuQuota.Covers(type.Value))
                .Select(instance => instance.CpuOptions)
                .Sum(cpu => (cpu?.CoreCount ?? 0) * (cpu?.ThreadsPerCore ?? 0));
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        return count;
    }
}
