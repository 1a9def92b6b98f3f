using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Extensions.Logging;

namespace Sequencer.Witness.Tests;

/// <summary>
/// The real witness on a real Kestrel at a free port of 127.0.0.1, over a real folder of its own.
/// </summary>
internal sealed class TestWitness : IAsyncDisposable
{
    private readonly string _folder;
    private readonly WitnessKey _key;
    private readonly StateFolder _files;
    private readonly HttpMessageInvoker _toLogs;
    private readonly WitnessService _service;
    private readonly WebApplication _app;

    private TestWitness(
        string folder, WitnessKey key, StateFolder files, HttpMessageInvoker toLogs, WitnessService service,
        WebApplication app, LogSink log)
    {
        (_folder, _key, _files, _toLogs) = (folder, key, files, toLogs);
        (_service, _app, Log) = (service, app, log);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public VerifierKey Key => _key.Verifier;

    public LogSink Log { get; }

    /// <param name="vkey">The one log that is cosigned.</param>
    /// <param name="settings">Settings over those of the test set-up, as <c>table:key</c>.</param>
    public static async Task<TestWitness> StartAsync(
        string vkey, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("witness-test-").FullName;
        using (var privateKey = PrivateKeyText.Generate("witness.example"))
            await File.WriteAllTextAsync(Path.Combine(folder, "witness.key"), privateKey.Export());
        var configuration = Configuration(folder, [("logs:test:vkey", vkey), .. settings]);
        var read = WitnessSettings.Read(configuration);
        var log = new LogSink();
        var logger = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(log).CreateLogger();
        var key = read.Identity.ReadKey();
        var files = StateFolder.Take(read.Identity.StatePath, make: true);
        var toLogs = LogConnections.Open();
        var service = WitnessService.Start(
            read.Logs, key, files, initialise: true, toLogs, TimeProvider.System,
            new LoggerFactory([new SerilogLoggerProvider(logger)]));
        var app = WitnessApp.Build(read, configuration, service, logger, TimeProvider.System);
        await app.StartAsync();
        return new TestWitness(folder, key, files, toLogs, service, app, log);
    }

    public static IConfigurationRoot Configuration(
        string folder, params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["server:listen"] = "http://127.0.0.1:0",
            ["witness:key_file"] = Path.Combine(folder, "witness.key"),
            ["witness:state_path"] = Path.Combine(folder, "state"),
        };
        foreach (var (key, value) in settings)
            values[key] = value;
        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }

    public Task<HttpResponseMessage> PostAsync(string body, string path = "/add-checkpoint") =>
        Http.PostAsync(path, new StringContent(body));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _service.DisposeAsync();
        _toLogs.Dispose();
        _files.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
