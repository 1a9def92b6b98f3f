using System.Net;
using Amazon;
using Amazon.EC2;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Aws;

/// <summary>
/// The clients for one region and one set of credentials, and the one way in which they are called: every
/// call is bounded in time and in retries, and every refusal becomes a sentence.
/// </summary>
internal sealed class AwsConnection : IDisposable
{
    /// <summary>Retries of one call after throttling, a server's failure or a lost connection.</summary>
    public const int RetriesMax = 3;

    /// <summary>Longest that one HTTP request may take.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Longest that one call may take with all its retries.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly Uri? _endpoint;
    private readonly HttpClientFactory? _http;

    public AwsConnection(ResolvedSettings settings, AWSCredentials credentials, HttpClientFactory? http)
    {
        Region = settings.Require(Settings.Region);
        Credentials = credentials;
        _endpoint = settings.Find(Settings.EndpointUrl) is { } url ? new Uri(url) : null;
        _http = http;
        Ec2 = new AmazonEC2Client(credentials, Configure(new AmazonEC2Config()));
        Kms = new AmazonKeyManagementServiceClient(
            credentials, Configure(new AmazonKeyManagementServiceConfig()));
        KmsOnce = new AmazonKeyManagementServiceClient(
            credentials, Configure(new AmazonKeyManagementServiceConfig(), retriesMax: 0));
        Sts = new AmazonSecurityTokenServiceClient(
            credentials, Configure(new AmazonSecurityTokenServiceConfig()));
    }

    public string Region { get; }

    public AWSCredentials Credentials { get; }

    public AmazonEC2Client Ec2 { get; }

    public AmazonKeyManagementServiceClient Kms { get; }

    /// <summary>
    /// As <see cref="Kms"/>, but it never repeats a call: for those that would do their work twice.
    /// </summary>
    public AmazonKeyManagementServiceClient KmsOnce { get; }

    public AmazonSecurityTokenServiceClient Sts { get; }

    /// <summary>
    /// Where the service with this prefix ("ec2") is; the configured endpoint takes all of them.
    /// </summary>
    public Uri EndpointOf(string service) => _endpoint
        ?? new Uri(string.Join(
            '.', $"https://{service}", Region, RegionEndpoint.GetBySystemName(Region).PartitionDnsSuffix));

    /// <summary>An HTTP client for a service that the SDK's packages here do not cover.</summary>
    public HttpClient NewHttpClient() =>
        _http?.CreateHttpClient(Ec2.Config) ?? new HttpClient { Timeout = RequestTimeout };

    /// <summary>Makes a call that changes nothing; Ctrl-C ends it at once.</summary>
    /// <param name="action">The IAM action it needs, such as "ec2:DescribeInstances".</param>
    /// <param name="purpose">Ends "AWS refused to …".</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public async Task<T> AskAsync<T>(
        string action, string purpose, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        await CredentialSource.ResolveAsync(Credentials, cancellation);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(CallTimeout);
        try
        {
            return await call(bound.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (Explain(e, action, purpose) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>
    /// As <see cref="AskAsync{T}"/>, for a call that changes something: Ctrl-C is heeded before it but not
    /// during it, so that its outcome is always known.
    /// </summary>
    public Task<T> ChangeAsync<T>(
        string action, string purpose, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return AskAsync(action, purpose, call, CancellationToken.None);
    }

    public void Dispose()
    {
        Ec2.Dispose();
        Kms.Dispose();
        KmsOnce.Dispose();
        Sts.Dispose();
    }

    private T Configure<T>(T config, int retriesMax = RetriesMax)
        where T : ClientConfig
    {
        if (_endpoint is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
        }
        else
        {
            config.ServiceURL = _endpoint.ToString();
            config.AuthenticationRegion = Region;
        }

        // Only endpoint_url decides where requests go, so that `config show` tells the truth.
        config.IgnoreConfiguredEndpointUrls = true;
        config.RetryMode = RequestRetryMode.Standard;
        config.MaxErrorRetry = retriesMax;
        config.Timeout = RequestTimeout;
        config.ConnectTimeout = ConnectTimeout;
        if (_http is not null)
            config.HttpClientFactory = _http;
        return config;
    }

    private IacException? Explain(Exception e, string action, string purpose)
    {
        switch (e)
        {
            case AmazonServiceException { ErrorCode: { Length: > 0 } code }:
                var refusal = AwsRefusals.Explain(code, e.Message, action, Region);
                return new IacException(
                    ExitCode.Aws, $"AWS refused to {purpose} ({code}): {refusal.Meaning}.", refusal.NextStep,
                    e)
                {
                    AwsCode = code,
                    MayHaveHappened = IsServerFailure(e),
                };
            case AmazonServiceException { StatusCode: > 0 } answered:
                return Unreachable(
                    purpose, $"it answered with HTTP {(int)answered.StatusCode} and no code", e);
            case HttpRequestException:
                return Unreachable(purpose, e.GetBaseException().Message.TrimEnd('.'), e);
            case OperationCanceledException or TimeoutException:
                return Unreachable(purpose, "no answer came in time", e);
            case AmazonClientException or WebException:
                return Unreachable(purpose, e.Message.TrimEnd('.'), e);
            default:
                return null;
        }
    }

    private IacException Unreachable(string purpose, string reason, Exception e) => new(
        ExitCode.Aws,
        $"AWS could not be asked to {purpose} at {_endpoint?.ToString() ?? Region}: {reason}.",
        _endpoint is null
            ? "Check --region and this machine's connection to the internet."
            : "Check that something answers at endpoint_url, or unset it to use AWS itself.",
        e)
    {
        MayHaveHappened = true,
    };

    private static bool IsServerFailure(Exception e) =>
        e is AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError };
}
