using System.Text.Json.Nodes;
using System.Web;
using Amazon.Runtime;

namespace Sequencer.Iac.Tests.Fakes;

/// <summary>
/// AWS behind the SDK's HTTP client: it keeps state like the real services, also where the emulator does not
/// (enclave and metadata options, client tokens, Ed25519 keys of KMS), and can be told to misbehave.
/// </summary>
internal sealed class FakeAws : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<Func<AwsCall, HttpResponseMessage?>>> _planned = [];

    public List<AwsCall> Calls { get; } = [];

    public FakeKeyPairs Keys { get; } = new();

    public FakeSecurityGroups Groups { get; } = new();

    public FakeInstances Instances { get; }

    public FakeKms Kms { get; } = new();

    /// <summary>What Service Quotas answers for vCPUs.</summary>
    public double VcpuQuota { get; set; } = 32;

    public bool IsRegionEnabled { get; set; } = true;

    public bool HasDefaultVpc { get; set; } = true;

    public FakeAws() => Instances = new FakeInstances(Groups);

    /// <summary>Names of the calls so far that changed, or would have changed, something.</summary>
    public IEnumerable<string> Changes => Calls
        .Where(call => !call.IsDryRun)
        .Select(call => call.Action)
        .Where(action => !action.StartsWith("Describe", StringComparison.Ordinal)
            && !action.StartsWith("Get", StringComparison.Ordinal)
            && !action.StartsWith("List", StringComparison.Ordinal));

    /// <summary>
    /// Puts something before the next call of that action: it may answer in its place or, with null, let it
    /// go on.
    /// </summary>
    public void Next(string action, Func<AwsCall, HttpResponseMessage?> instead)
    {
        if (!_planned.TryGetValue(action, out var queue))
            _planned[action] = queue = new();
        queue.Enqueue(instead);
    }

    /// <summary>Refuses the next calls of that action.</summary>
    public void Refuse(string action, string code, int times = 1, int status = 400, string message = "No.")
    {
        for (var i = 0; i < times; i++)
            Next(action, call => Answers.Refusal(call, code, message, status));
    }

    /// <summary>Carries the next call of that action out, but its answer is lost on the way.</summary>
    public void LoseAnswer(string action) => Next(action, call =>
    {
        Answer(call).Dispose();
        throw new HttpRequestException("The connection was reset.");
    });

    public AwsCall Last(string action) => Calls.Last(call => call.Action == action);

    public HttpClientFactory Factory() => new FakeHttpClientFactory(this);

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null
            ? string.Empty
            : await request.Content.ReadAsStringAsync(cancellationToken);
        var call = Read(request, body);
        lock (_gate)
        {
            Calls.Add(call);
            if (_planned.TryGetValue(call.Action, out var queue) && queue.TryDequeue(out var instead)
                && instead(call) is { } planned)
            {
                return planned;
            }

            return Answer(call);
        }
    }

    /// <summary>Carries a call out, as if it had come over the wire.</summary>
    public HttpResponseMessage Answer(AwsCall call)
    {
        try
        {
            return call.Service switch
            {
                "kms" => Kms.Answer(call),
                "sts" => Answers.Text(System.Net.HttpStatusCode.OK, CallerIdentity, "text/xml"),
                "servicequotas" => Answers.Json($$$"""{"Quota":{"Value":{{{VcpuQuota}}}}}"""),
                _ => Ec2(call),
            };
        }
        catch (Refused e)
        {
            return Answers.Refusal(call, e.Code, e.Message, e.Status);
        }
    }

    private const string CallerIdentity = """
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>arn:aws:iam::123456789012:user/operator</Arn>
            <Account>123456789012</Account>
          </GetCallerIdentityResult>
          <ResponseMetadata><RequestId>11111111-2222-3333-4444-555555555555</RequestId></ResponseMetadata>
        </GetCallerIdentityResponse>
        """;

    private HttpResponseMessage Ec2(AwsCall call)
    {
        if (call.IsDryRun)
            throw new Refused(
                "DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
        return call.Action switch
        {
            "CreateKeyPair" or "DescribeKeyPairs" or "DeleteKeyPair" => Keys.Answer(call),
            "DescribeRegions" => FakeRegions.Regions(call, IsRegionEnabled),
            "DescribeVpcs" => FakeRegions.Vpcs(HasDefaultVpc),
            _ when call.Action.Contains("SecurityGroup", StringComparison.Ordinal) => Groups.Answer(call),
            _ => Instances.Answer(call),
        };
    }

    private static AwsCall Read(HttpRequestMessage request, string body)
    {
        var authorization = string.Concat(request.Headers.GetValues("Authorization"));
        var scope = authorization.Split("Credential=")[1].Split(',')[0].Split('/');
        var target = request.Headers.TryGetValues("X-Amz-Target", out var targets) ? targets.Single() : null;
        var form = HttpUtility.ParseQueryString(target is null ? body : string.Empty);
        return new AwsCall
        {
            Service = scope[3],
            Region = scope[2],
            Action = target is null ? form["Action"]! : target[(target.IndexOf('.') + 1)..],
            Uri = request.RequestUri!,
            Authorization = authorization,
            Fields = form.AllKeys.ToDictionary(key => key!, key => form[key]!),
            Json = target is null ? [] : (JsonObject)JsonNode.Parse(body)!,
        };
    }

    private sealed class FakeHttpClientFactory(FakeAws aws) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) =>
            new(aws, disposeHandler: false);

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;
    }
}
