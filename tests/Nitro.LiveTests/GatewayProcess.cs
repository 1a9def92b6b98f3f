using System.Net;
using System.Net.Http.Headers;

namespace Sequencer.Nitro.LiveTests;

/// <summary>
/// A real gateway as a process of its own, in a folder with keys and a ledger of its own, which outlive it.
/// </summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    /// <summary>The name that the image's configuration measures.</summary>
    private const string LogPrefix = "127.0.0.1:5000/log";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder;
    private readonly Dictionary<string, string> _variables;
    private LiveProcess _process = null!;

    private GatewayProcess(DirectoryInfo folder, string enclaveSocket)
    {
        _folder = folder;
        _variables = new()
        {
            // It takes a free port and names it: one that is chosen here may be another's before it listens.
            ["SEQUENCER__SERVER__LISTEN"] = "http://127.0.0.1:0",
            ["SEQUENCER__LOG__PREFIX"] = LogPrefix,
            ["SEQUENCER__ENCLAVE__ADDRESS"] = $"unix://{enclaveSocket}",
        };
    }

    /// <summary>Where it listens since it was started last.</summary>
    public Uri Address { get; private set; } = null!;

    public string Output => _process.Output;

    /// <summary>Makes a configuration and starts a gateway in front of an enclave.</summary>
    public static async Task<GatewayProcess> CreateAsync(string enclaveSocket)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-");
        await using (var config = LiveProcess.StartIn(
            folder.FullName, new Dictionary<string, string>(), NitroFiles.Gateway, "config"))
        {
            (await config.WaitForExitAsync(StartTimeout)).Should().Be(0, config.Output);
        }

        var gateway = new GatewayProcess(folder, enclaveSocket);
        await gateway.StartAsync();
        return gateway;
    }

    /// <summary>Starts it, again after <see cref="KillAsync"/>, and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        _process = LiveProcess.StartIn(_folder.FullName, _variables, NitroFiles.Gateway);
        const string Mark = "Listening on ";
        await _process.WaitForAsync(Mark, StartTimeout);
        Address = new Uri(Output.Split(Mark)[1].Split(',', ';')[0]);
        await WaitUntilReadyAsync();
    }

    /// <summary>Waits until it takes transactions.</summary>
    public async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        using var limit = new CancellationTokenSource(StartTimeout);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await IsReadyAsync(client))
        {
            _process.HasExited.Should().BeFalse(Output);
            await tick.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Ends it as a power cut would.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>A client with a token for one chain.</summary>
    public async Task<HttpClient> ClientAsync(string chain)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", await TokenAsync(chain));
        return client;
    }

    /// <summary>A token for one chain, as an operator makes it.</summary>
    public async Task<string> TokenAsync(string chain)
    {
        var (code, token) = await CommandLineAsync("token", "--key", "secrets/jwt.key", "--chain", chain);
        code.Should().Be(0, token);
        return token.Trim();
    }

    /// <summary>Runs a command of the command line in the gateway's folder.</summary>
    public async Task<(int Code, string Output)> CommandLineAsync(params string[] arguments)
    {
        await using var process = LiveProcess.StartIn(
            _folder.FullName, new Dictionary<string, string>(), NitroFiles.CommandLine, arguments);
        var code = await process.WaitForExitAsync(StartTimeout);
        return (code, process.Output);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            // It has ended, which its output explains.
            return false;
        }
    }
}
