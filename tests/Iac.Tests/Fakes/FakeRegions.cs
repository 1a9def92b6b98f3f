using System.Xml.Linq;

namespace Sequencer.Iac.Tests.Fakes;

/// <summary>What EC2 says about regions and networks.</summary>
internal static class FakeRegions
{
    public static HttpResponseMessage Regions(AwsCall call, bool isEnabled) => Answers.Xml(
        call.Action,
        Answers.Set("regionInfo", call.List("RegionName").Select(name => new object?[]
        {
            new XElement("regionName", name),
            new XElement("optInStatus", isEnabled ? "opt-in-not-required" : "not-opted-in"),
        })));

    public static HttpResponseMessage Vpcs(bool hasDefault) => Answers.Xml(
        "DescribeVpcs",
        Answers.Set("vpcSet", hasDefault ? [[new XElement("vpcId", FakeSecurityGroups.DefaultVpc)]] : []));
}
