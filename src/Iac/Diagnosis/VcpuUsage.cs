using Amazon.EC2;
using Amazon.EC2.Model;
using Sequencer.Iac.Aws;
using Sequencer.Iac.Instances;

namespace Sequencer.Iac.Diagnosis;

/// <summary>
/// Counts the vCPUs that the account's running instances take from the quota of on-demand ones, whoever made
/// them.
/// </summary>
internal static class VcpuUsage
{
    /// <summary>The states in which an instance takes its vCPUs from the quota.</summary>
    private static readonly List<string> Counted = ["pending", "running"];

    public static async Task<int> CountAsync(AwsConnection aws, CancellationToken cancellation)
    {
        var count = 0;
        var request = new DescribeInstancesRequest
        {
            Filters = [new Filter("instance-state-name", Counted)],
        };
        do
        {
            var page = await aws.AskAsync(
                "ec2:DescribeInstances", "count the running instances",
                token => aws.Ec2.DescribeInstancesAsync(request, token), cancellation);
            count += (page.Reservations ?? [])
                .SelectMany(reservation => reservation.Instances ?? [])
                .Where(instance => instance.InstanceType is { } type && VcpuQuota.Covers(type.Value))
                .Where(instance => instance.InstanceLifecycle != InstanceLifecycleType.Spot)
                .Sum(Of);
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        return count;
    }

    /// <summary>What the quota must still give for <c>up</c>, which starts a stopped instance again.</summary>
    public static int Needed(Instance? existing, InstanceTypeFacts type) => existing switch
    {
        null => type.VcpuCount,
        _ when Counted.Contains(InstanceView.StateOf(existing)) => 0,
        _ => Of(existing),
    };

    private static int Of(Instance instance) =>
        (instance.CpuOptions?.CoreCount ?? 0) * (instance.CpuOptions?.ThreadsPerCore ?? 0);
}
