using System.Xml.Linq;

namespace Sequencer.Iac.Tests.Fakes;

/// <summary>The instances of EC2: with client tokens, enclave and metadata options, slow states.</summary>
internal sealed class FakeInstances(FakeSecurityGroups groups)
{
    private const string ProfileArn = "arn:aws:iam::123456789012:instance-profile/with/path/";

    private readonly Dictionary<string, FakeInstance> _byToken = [];

    public List<FakeInstance> All { get; } = [];

    /// <summary>Looks for which a new instance is pending, and then its checks.</summary>
    public int LooksPending { get; set; } = 2;

    public IEnumerable<FakeInstance> Alive => All.Where(
        one => one.State is not ("terminated" or "shutting-down"));

    public HttpResponseMessage Answer(AwsCall call) => call.Action switch
    {
        "RunInstances" => Run(call),
        "DescribeInstances" => Describe(call),
        "DescribeInstanceStatus" => Status(call),
        "DescribeInstanceTypes" => FakeInstanceTypes.Describe(call),
        "DescribeImages" => FakeInstanceTypes.Images(call),
        "StartInstances" => Move(call, "pending", "running", from: "stopped"),
        "StopInstances" => Move(call, "stopping", "stopped", from: "running"),
        "TerminateInstances" => Move(call, "shutting-down", "terminated", from: null),
        _ => throw new Refused("InvalidAction", $"The fake does not know {call.Action}."),
    };

    public FakeInstance Add(AwsCall request, Dictionary<string, string> tags, string type)
    {
        var made = new FakeInstance
        {
            Id = $"i-{All.Count + 1:x17}",
            Request = request,
            Tags = tags,
            Type = type,
            ChecksPending = LooksPending,
        };
        for (var look = 1; look < LooksPending; look++)
            made.Next.Enqueue("pending");
        made.Next.Enqueue("running");
        All.Add(made);
        return made;
    }

    private HttpResponseMessage Run(AwsCall call)
    {
        var token = call["ClientToken"];
        if (!_byToken.TryGetValue(token, out var instance))
            _byToken[token] = instance = Add(call, call.Tags("instance"), call["InstanceType"]);
        return Answers.Xml(
            call.Action,
            new XElement("reservationId", "r-1"),
            Answers.Set("instancesSet", [Content(instance, "pending")]));
    }

    private HttpResponseMessage Describe(AwsCall call)
    {
        var found = All.Where(one => call.Admits(filter => ValueOf(one, filter))).ToList();
        if (call.List("Filter", ".Name").Contains("instance-id"))
            found.ForEach(one => one.Look());
        return Answers.Xml(call.Action, Answers.Set("reservationSet", found.Select(one => new object?[]
        {
            new XElement("reservationId", "r-1"),
            Answers.Set("instancesSet", [Content(one, one.State)]),
        })));
    }

    /// <summary>Of the one that is asked about; who asks about all is told of none.</summary>
    private HttpResponseMessage Status(AwsCall call)
    {
        if (call.Find("InstanceId.1") is null)
            return Answers.Xml(call.Action, Answers.Set("instanceStatusSet", []));
        var one = Find(call);
        var status = one.ChecksPending-- > 0 ? "initializing" : "ok";
        return Answers.Xml(call.Action, Answers.Set("instanceStatusSet",
        [
            [
                new XElement("instanceId", one.Id),
                new XElement("systemStatus", new XElement("status", status)),
                new XElement("instanceStatus", new XElement("status", status)),
            ],
        ]));
    }

    private HttpResponseMessage Move(AwsCall call, string through, string to, string? from)
    {
        var one = Find(call);
        if (from is not null && one.State != from)
            throw new Refused("IncorrectInstanceState", $"The instance '{one.Id}' is not {from}.");
        one.State = through;
        one.Next.Clear();
        one.Next.Enqueue(through);
        one.Next.Enqueue(to);
        return Answers.Xml(call.Action, Answers.Set("instancesSet",
        [
            [
                new XElement("instanceId", one.Id),
                new XElement("currentState", new XElement("name", through)),
            ],
        ]));
    }

    private FakeInstance Find(AwsCall call) => All.Find(one => one.Id == call["InstanceId.1"])
        ?? throw new Refused(
            "InvalidInstanceID.NotFound", $"The instance ID '{call["InstanceId.1"]}' does not exist");

    private object?[] Content(FakeInstance one, string state) =>
    [
        new XElement("instanceId", one.Id),
        new XElement("imageId", one.Request.Find("ImageId")),
        new XElement("instanceState", new XElement("name", state)),
        new XElement("instanceType", one.Type),
        new XElement("keyName", one.Request.Find("KeyName")),
        one.IsSpot ? new XElement("instanceLifecycle", "spot") : null,
        new XElement("launchTime", one.LaunchedAt),
        new XElement("rootDeviceName", "/dev/xvda"),
        Answers.Set("blockDeviceMapping",
        [
            [
                new XElement("deviceName", "/dev/xvda"),
                new XElement("ebs", new XElement("attachTime", "2026-11-22T19:00:00.000Z")),
            ],
        ]),
        new XElement("dnsName", state == "running" ? "ec2-203-0-113-9.example.com" : string.Empty),
        new XElement("ipAddress", state == "running" ? "203.0.113.9" : string.Empty),
        new XElement("privateIpAddress", "10.0.0.9"),
        new XElement(
            "placement",
            new XElement("availabilityZone", one.Request.Find("Placement.AvailabilityZone") ?? "us-east-1a")),
        new XElement("cpuOptions", new XElement("coreCount", "2"), new XElement("threadsPerCore", "2")),
        new XElement(
            "enclaveOptions", new XElement("enabled", one.Request.Find("EnclaveOptions.Enabled") ?? "false")),
        new XElement(
            "metadataOptions",
            new XElement("httpTokens", one.Request.Find("MetadataOptions.HttpTokens") ?? "optional")),
        one.Request.Find("IamInstanceProfile.Name") is { } profile
            ? new XElement("iamInstanceProfile", new XElement("arn", ProfileArn + profile))
            : null,
        new XElement("stateReason", new XElement("message", one.StateReason)),
        Answers.Set("groupSet", one.Request.List("SecurityGroupId").Select(id => new object?[]
        {
            new XElement("groupId", id),
            new XElement("groupName", groups.All.Find(group => group.Id == id)?.Name),
        })),
        Answers.Tags(one.Tags),
    ];

    private static string? ValueOf(FakeInstance one, string filter) => filter switch
    {
        "instance-id" => one.Id,
        "instance-state-name" => one.State,
        "key-name" => one.Request.Find("KeyName"),
        "instance.group-id" => one.Request.Find("SecurityGroupId.1"),
        _ => one.Tags.GetValueOrDefault(filter["tag:".Length..]),
    };
}
