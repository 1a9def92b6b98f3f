using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

public class TransportTests
{
    [Fact]
    public async Task KestrelEndpoints_GiveTls()
    {
        using var folder = new TempFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(folder.Under("tls.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(folder.Under("tls.key"), key.ExportPkcs8PrivateKeyPem());
        await using var gateway = await TestGateway.StartAsync(
            ("kestrel:endpoints:public:url", "https://127.0.0.1:0"),
            ("kestrel:endpoints:public:certificate:path", folder.Under("tls.pem")),
            ("kestrel:endpoints:public:certificate:keypath", folder.Under("tls.key")));
        gateway.Address.Scheme.Should().Be("https");
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) =>
                shown!.Thumbprint == certificate.Thumbprint,
        };
        using var http = new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var answer = await http.GetAsync(new Uri(gateway.Address, "/heartbeat"));
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Version.Should().Be(HttpVersion.Version20);
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("10.1.2.3", 429)]
    public async Task ForwardedAddress_CountsOnlyFromATrustedProxy(string proxy, int status)
    {
        await using var gateway = await TestGateway.StartAsync(
            ("server:trusted_proxies:0", proxy), ("reads:attestations_per_minute", "1"));
        (await AttestAsync("192.0.2.1")).StatusCode.Should().Be(HttpStatusCode.OK);
        ((int)(await AttestAsync("192.0.2.2")).StatusCode).Should().Be(status);

        Task<HttpResponseMessage> AttestAsync(string client)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/attestation");
            request.Headers.Add("X-Forwarded-For", client);
            return gateway.Http.SendAsync(request);
        }
    }

    [Fact]
    public async Task ForwardedAddress_BehindTwoTrustedProxies_IsTheClients()
    {
        await using var gateway = await TestGateway.StartAsync(
            ("server:trusted_proxies:0", "127.0.0.1"), ("server:trusted_proxies:1", "10.1.2.3"),
            ("reads:attestations_per_minute", "1"));
        (await AttestAsync("192.0.2.1, 10.1.2.3")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await AttestAsync("192.0.2.2, 10.1.2.3")).StatusCode.Should().Be(HttpStatusCode.OK);
        ((int)(await AttestAsync("192.0.2.3, 192.0.2.1, 10.1.2.3")).StatusCode)
            .Should().Be(429, "what the client itself claims does not count");

        Task<HttpResponseMessage> AttestAsync(string chain)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/attestation");
            request.Headers.Add("X-Forwarded-For", chain);
            return gateway.Http.SendAsync(request);
        }
    }
}
