using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Sequencer.Core;
using Serilog;
using Serilog.Extensions.Logging;

namespace Sequencer.Gateway.Tests;

/// <summary>
/// The real gateway on a real Kestrel at a free port of 127.0.0.1, over the real core with a ledger in memory
/// and the simulated enclave in this process. Secrets live in a folder of its own.
/// </summary>
internal sealed class TestGateway : IAsyncDisposable
{
    public const string LogPrefix = "127.0.0.1:5000/log";

    private readonly TestSecrets _secrets;
    private readonly SequencerService _service;
    private readonly WebApplication _app;
    private readonly LoggerFactory _loggers;

    private TestGateway(
        TestSecrets secrets, SequencerService service, WebApplication app, LoggerFactory loggers, LogSink log)
    {
        (_secrets, _service, _app, _loggers, Log) = (secrets, service, app, loggers, log);
        Address = new Uri(app.Urls.First());
        Http = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public LogSink Log { get; }

    public SequencerCore Core => _service.Core;

    public IServiceProvider Services => _app.Services;

    public TestTokens Tokens => _secrets.Tokens;

    public ReadOnlyMemory<byte> LogPublicKey => _service.Identity.PublicKey;

    /// <param name="settings">Settings over those of the test set-up, as <c>table:key</c>.</param>
    public static Task<TestGateway> StartAsync(params (string Key, string Value)[] settings) =>
        StartAsync(new MemoryLedgerSource(new MemoryLedger()), settings);

    /// <summary>Over a ledger of the test's own.</summary>
    public static async Task<TestGateway> StartAsync(
        ILedgerSource ledger, params (string Key, string Value)[] settings)
    {
        var secrets = new TestSecrets();
        var configuration = secrets.Configuration(settings);
        var read = GatewaySettings.Read(configuration);
        var log = new LogSink();
        var logger = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(log).CreateLogger();
        var loggers = new LoggerFactory([new SerilogLoggerProvider(logger, dispose: true)]);
        var service = await SequencerService.StartAsync(read, ledger, loggers);
        var app = GatewayApp.Build(
            read, configuration, service.Core, service.Identity, logger, TimeProvider.System);
        await app.StartAsync();
        return new TestGateway(secrets, service, app, loggers, log);
    }

    /// <summary>A request with a token for a chain; null for none.</summary>
    public static HttpRequestMessage Request(HttpMethod method, string path, string? token)
    {
        var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? chain = null) =>
        Http.SendAsync(Request(HttpMethod.Get, path, chain is null ? null : Tokens.For(chain)));

    /// <summary>Posts a body for the chain.</summary>
    public Task<HttpResponseMessage> PostAsync(
        string path, string chain, byte[] body, string contentType,
        params (string Name, string Value)[] headers)
    {
        var request = Request(HttpMethod.Post, path, Tokens.For(chain));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Http.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostJsonAsync(
        string path, string chain, string json, params (string Name, string Value)[] headers) =>
        PostAsync(path, chain, Encoding.UTF8.GetBytes(json), "application/json", headers);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _service.Core.StopAsync(CancellationToken.None);
        await _service.DisposeAsync();
        _loggers.Dispose();
        _secrets.Dispose();
    }
}

/// <summary>One gateway with default settings, shared by the tests that do not change it.</summary>
public sealed class SharedGateway : IAsyncLifetime
{
    internal TestGateway Gateway { get; private set; } = null!;

    public async Task InitializeAsync() =>
        Gateway = await TestGateway.StartAsync(
            ("chains:open:public", "true"),
            ("chains:half:public", "true"), ("chains:half:public_entries", "false"),
            ("chains:single:unique", "true"));

    public async Task DisposeAsync() => await Gateway.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class SharedGatewayGroup : ICollectionFixture<SharedGateway>
{
    public const string Name = "one gateway";
}
