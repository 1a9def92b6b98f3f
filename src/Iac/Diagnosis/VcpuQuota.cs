using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using Sequencer.Iac.Aws;

namespace Sequencer.Iac.Diagnosis;

/// <summary>
/// Asks Service Quotas how many vCPUs of on-demand instances the account may run. The SDK's package for that
/// service is not among ours, so the one request is made here and signed with the SDK's signer.
/// </summary>
internal sealed class VcpuQuota(AwsConnection aws, HttpClient http, TimeProvider time)
{
    /// <summary>
    /// "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", counted in vCPUs.
    /// </summary>
    public const string StandardFamiliesCode = "L-1216C47A";

    private const string Service = "servicequotas";
    private const string Target = "ServiceQuotasV20190624.GetServiceQuota";
    private const string ContentType = "application/x-amz-json-1.1";
    private const int AnswerMaxBytes = 64 * 1024;
    private const string Purpose = "read the quota of vCPUs";
    private const string StandardFamilies = "acdhimrtz";

    /// <summary>
    /// Whether the type counts against that quota; the others (G, P, X, …) have quotas of their own.
    /// </summary>
    public static bool Covers(string instanceType)
    {
        var letters = instanceType.TakeWhile(char.IsAsciiLetterLower).Count();
        var prefix = instanceType[..letters];
        return prefix is not ("inf" or "trn" or "dl" or "hpc" or "mac")
            && StandardFamilies.Contains(prefix[0], StringComparison.Ordinal);
    }

    public Task<double> AskAsync(CancellationToken cancellation) => aws.AskAsync(
        "servicequotas:GetServiceQuota", Purpose, SendAsync, cancellation);

    private async Task<double> SendAsync(CancellationToken cancellation)
    {
        var body = Encoding.UTF8.GetBytes(
            new JsonObject { ["ServiceCode"] = "ec2", ["QuotaCode"] = StandardFamiliesCode }.ToJsonString());
        using var request = await SignedAsync(body);
        using var answer = await http.SendAsync(
            request, HttpCompletionOption.ResponseContentRead, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (text.Length > AnswerMaxBytes)
            throw new HttpRequestException("the answer is too long to be a quota");
        return Value(text) ?? throw new AmazonServiceException(
            $"Service Quotas answered: {text}", null, ErrorType.Sender, ErrorCode(text), null,
            answer.StatusCode);
    }

    private async Task<HttpRequestMessage> SignedAsync(byte[] body)
    {
        var uri = aws.EndpointOf(Service);
        var credentials = await aws.Credentials.GetCredentialsAsync();
        var at = time.GetUtcNow().UtcDateTime;
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["content-type"] = ContentType,
            ["host"] = uri.Authority,
            ["x-amz-date"] = at.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
            ["x-amz-target"] = Target,
        };
        if (credentials.UseToken)
            headers["x-amz-security-token"] = credentials.Token;
        var signedHeaders = string.Join(';', headers.Keys);
        var canonical = string.Join(
            '\n',
            "POST", "/", string.Empty,
            string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n")),
            signedHeaders,
            Convert.ToHexStringLower(AWS4Signer.ComputeHash(body)));
        var signature = AWS4Signer.ComputeSignature(
            credentials, aws.Region, at, Service, signedHeaders, canonical);

        var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        request.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        foreach (var name in headers.Keys.Where(name => name.StartsWith("x-amz-", StringComparison.Ordinal)))
            request.Headers.TryAddWithoutValidation(name, headers[name]);
        return request;
    }

    private static double? Value(string text) => Field(text, "Quota") is JsonObject quota
        && quota["Value"] is JsonValue value && value.TryGetValue(out double number)
            ? number
            : null;

    private static string ErrorCode(string text) =>
        Field(text, "__type") is JsonValue type && type.TryGetValue(out string? name)
            ? name[(name.LastIndexOf('#') + 1)..]
            : string.Empty;

    private static JsonNode? Field(string text, string name)
    {
        try
        {
            return (JsonNode.Parse(text) as JsonObject)?[name];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
