using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>The KMS log key at the SDK's HTTP boundary: the emulators at hand know no Ed25519 keys.</summary>
public sealed class KmsCheckpointSignerTests
{
    private const string Spec = "ECC_NIST_EDWARDS25519";

    [Fact]
    public async Task Sign_ByKms_IsPureEd25519OverTheTextItself()
    {
        using var kms = new KmsAtTheHttpBoundary(Spec);
        using var signer = await CreateAsync(kms);
        var text = "sequencer.test/log/demo\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"u8.ToArray();

        var signature = await signer.SignAsync(text, CancellationToken.None);

        VerifierKey.Create("sequencer.test/log/demo", SignatureType.Ed25519, signer.PublicKey.Span)
            .Verify(text, signature);
        kms.LastSign!["MessageType"]!.GetValue<string>().Should().Be("RAW");
        kms.LastSign["SigningAlgorithm"]!.GetValue<string>().Should().Be("ED25519_SHA_512");
        kms.LastSign["KeyId"]!.GetValue<string>().Should().Be(KmsAtTheHttpBoundary.Arn, "an alias may move");
    }

    [Fact]
    public async Task Create_KeyOfAnotherSpec_IsRefusedNamingTheSetting()
    {
        using var kms = new KmsAtTheHttpBoundary("ECC_NIST_P256");

        var creating = () => CreateAsync(kms);

        (await creating.Should().ThrowAsync<SettingsException>())
            .WithMessage("log.kms_key: alias/log is a key of spec ECC_NIST_P256; a log key must be of spec*");
    }

    [Fact]
    public async Task Create_KeyThatKmsRefuses_SaysWhichPermissionsAreNeeded()
    {
        using var kms = new KmsAtTheHttpBoundary(Spec) { Refusals = int.MaxValue };

        var creating = () => CreateAsync(kms);

        (await creating.Should().ThrowAsync<SettingsException>())
            .WithMessage("log.kms_key:*kms:GetPublicKey and kms:Sign*");
    }

    [Fact]
    public async Task Sign_RefusedForATime_IsTriedAgainUntilItIsDone()
    {
        using var kms = new KmsAtTheHttpBoundary(Spec);
        using var signer = await CreateAsync(kms);
        kms.Refusals = 2;

        var signature = await signer.SignAsync("text\n"u8.ToArray(), CancellationToken.None);

        signature.Should().HaveCount(64);
        kms.Refusals.Should().Be(0);
    }

    [Fact]
    public async Task Sign_TheNetworkFailsForATime_IsTriedAgainUntilItIsDone()
    {
        using var kms = new KmsAtTheHttpBoundary(Spec);
        using var signer = await CreateAsync(kms);
        kms.NetworkFailures.Enqueue(new HttpRequestException("no route"));
        kms.NetworkFailures.Enqueue(new TaskCanceledException("the client's own time is over"));

        var signature = await signer.SignAsync("text\n"u8.ToArray(), CancellationToken.None);

        signature.Should().HaveCount(64);
        kms.NetworkFailures.Should().BeEmpty();
    }

    [Fact]
    public async Task Create_KmsCannotBeReached_NamesTheSetting()
    {
        using var kms = new KmsAtTheHttpBoundary(Spec);
        kms.NetworkFailures.Enqueue(new HttpRequestException("no route"));

        var creating = () => CreateAsync(kms);

        (await creating.Should().ThrowAsync<SettingsException>()).WithMessage("log.kms_key:*no route*");
    }

    [Fact]
    public async Task Sign_NoteLongerThanKmsTakes_IsRefusedBeforeAnyCall()
    {
        using var kms = new KmsAtTheHttpBoundary(Spec);
        using var signer = await CreateAsync(kms);

        var signing = async () => await signer.SignAsync(new byte[4097], CancellationToken.None);

        await signing.Should().ThrowAsync<System.Security.Cryptography.CryptographicException>();
        kms.LastSign.Should().BeNull();
    }

    private static Task<KmsCheckpointSigner> CreateAsync(KmsAtTheHttpBoundary kms) =>
        KmsCheckpointSigner.CreateAsync(
            kms.CreateClient(), "alias/log", TimeProvider.System, NullLogger<KmsCheckpointSigner>.Instance);

    /// <summary>Answers as KMS does, with a real key, beneath the real SDK.</summary>
    private sealed class KmsAtTheHttpBoundary(string keySpec) : HttpMessageHandler
    {
        public const string Arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

        private readonly NoteSigner _key = NoteSigner.Generate();

        public JsonNode? LastSign { get; private set; }

        /// <summary>How many further calls are refused.</summary>
        public int Refusals { get; set; }

        /// <summary>What the next calls end in, beneath HTTP.</summary>
        public Queue<Exception> NetworkFailures { get; } = new();

        public AmazonKeyManagementServiceClient CreateClient() => new(
            new BasicAWSCredentials("id", "secret"),
            new AmazonKeyManagementServiceConfig
            {
                RegionEndpoint = Amazon.RegionEndpoint.EUCentral1,
                HttpClientFactory = new Factory(this),
                MaxErrorRetry = 0,
            });

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (NetworkFailures.TryDequeue(out var failure))
                throw failure;
            if (Refusals > 0)
            {
                Refusals--;
                return Answer(HttpStatusCode.BadRequest,
                    new JsonObject { ["__type"] = "AccessDeniedException", ["message"] = "not now" });
            }

            var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
            return request.Headers.GetValues("X-Amz-Target").Single() switch
            {
                "TrentService.GetPublicKey" => Answer(HttpStatusCode.OK, new JsonObject
                {
                    ["KeyId"] = Arn,
                    ["KeySpec"] = keySpec,
                    ["PublicKey"] = Convert.ToBase64String(
                        [.. Convert.FromHexString("302a300506032b6570032100"), .. _key.PublicKey.Span]),
                }),
                "TrentService.Sign" => Sign(body),
                var target => throw new InvalidOperationException(target),
            };
        }

        protected override void Dispose(bool disposing)
        {
            _key.Dispose();
            base.Dispose(disposing);
        }

        private HttpResponseMessage Sign(JsonNode body)
        {
            LastSign = body;
            var signature = new byte[64];
            _key.Sign(Convert.FromBase64String(body["Message"]!.GetValue<string>()), signature);
            return Answer(HttpStatusCode.OK, new JsonObject
            {
                ["KeyId"] = Arn,
                ["Signature"] = Convert.ToBase64String(signature),
                ["SigningAlgorithm"] = "ED25519_SHA_512",
            });
        }

        private static HttpResponseMessage Answer(HttpStatusCode status, JsonObject body) => new(status)
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/x-amz-json-1.1"),
        };

        private sealed class Factory(HttpMessageHandler handler) : HttpClientFactory
        {
            public override HttpClient CreateHttpClient(IClientConfig clientConfig) =>
                new(handler, disposeHandler: false);
        }
    }
}
