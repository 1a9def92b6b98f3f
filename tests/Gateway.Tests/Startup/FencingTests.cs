using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>
/// Two gateways at one enclave: the newer one writes, the older one ends and does not fight back.
/// </summary>
public sealed class FencingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Socket => _folder.Under("enclave.sock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OlderGateway_EndsWhenANewerOneTakesOver_AndDoesNotComeBackByItself()
    {
        await using var enclave = new SocketEnclave(Socket);
        await using var older = await StartAsync("older");
        await ReadyAsync(older);
        await using var newer = await StartAsync("newer", "--take-over");
        (await older.EndAsync()).Should().Be(ExitCodes.Fenced);
        older.Output.Should().Contain("stopped by itself").And.Contain("--take-over")
            .And.NotContain("Exception").And.NotContain("   at ");
        await ReadyAsync(newer);

        await using var again = await StartAsync("older");
        (await again.EndAsync()).Should().Be(ExitCodes.Fenced);
        again.Output
            .Should().Contain("was fenced and does not come back by itself").And.Contain("--take-over");
    }

    private static async Task ReadyAsync(ServerProcess gateway)
    {
        using var http = new HttpClient { BaseAddress = await gateway.ListeningAsync() };
        await Until.TrueAsync(async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode);
    }

    private async Task<ServerProcess> StartAsync(string name, params string[] arguments)
    {
        var folder = _folder.Under(name);
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            await using var config = GatewayProcess.Start(folder, ["config"]);
            (await config.EndAsync()).Should().Be(0);
        }

        return GatewayProcess.Start(folder, arguments,
            ("SEQUENCER__SERVER__LISTEN", "http://127.0.0.1:0"), (
                "SEQUENCER__ENCLAVE__ADDRESS", $"unix://{Socket}"));
    }
}
