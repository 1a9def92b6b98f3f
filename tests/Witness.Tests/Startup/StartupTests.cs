using System.Net;
using Sequencer.Simulation;
using Sequencer.Testing;

namespace Sequencer.Witness.Tests;

/// <summary>The real program: how it begins, refuses to begin, and ends.</summary>
public sealed class StartupTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestLog _log = new("127.0.0.1:5000/log/demo");

    public StartupTests()
    {
        // What a development gateway leaves: its log key, and the root of simulated enclaves.
        Directory.CreateDirectory(PathOf("secrets"));
        var seed = Enumerable.Repeat((byte)1, NoteSigner.SeedSizeBytes).ToArray();
        using (var key = PrivateKeyText.FromSeed("127.0.0.1:5000/log", seed))
            File.WriteAllText(PathOf("secrets/log.key"), key.Export() + "\n");
        using var root = SimulatedRoot.Create(TimeProvider.System);
        root.Save(PathOf("secrets/simulated-root.pem"), PathOf("secrets/simulated-root.key"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Config_MakesWhatIsMissingAndReplacesNothing()
    {
        (await RunAsync(0, "config", "--name", "w.example")).Should().Contain("made  secrets/witness.key");
        var before = Contents();
        (await RunAsync(0, "config", "--name", "other.example"))
            .Should().Contain("kept").And.NotContain("made");
        Contents().Should().Equal(before);
        File.GetUnixFileMode(PathOf("secrets/witness.key")).Should().Be(
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Config_StateWithoutItsConfiguration_IsNotTakenForNew()
    {
        await RunAsync(0, "config");
        File.Delete(PathOf("setup/witness.toml"));
        (await RunAsync(1, "config")).Should().Contain("already holds a witness's state");
    }

    [Fact]
    public async Task Config_WithoutAGateway_WaitsForALog()
    {
        File.Delete(PathOf("secrets/log.key"));
        (await RunAsync(0, "config", "--name", "w.example"))
            .Should().Contain("put the log that is to be cosigned");
        (await RunAsync(0, "key")).Should().StartWith("w.example+");
        await RefusesToStartAsync("setup/witness.toml(");
    }

    [Fact]
    public async Task Key_IsPrintedWithItsLineForPolicies()
    {
        await RunAsync(0, "config", "--name", "w.example");
        var lines = (await RunAsync(0, "key")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        VerifierKey.Parse(lines[0]).Type.Should().Be(SignatureType.CosignatureEd25519);
        TlogPolicy.Parse($"log {_log.Key}\n{lines[1]}\nquorum w.example\n").Witnesses.Should().ContainSingle()
            .Which.Key.ToString().Should().Be(lines[0]);
    }

    [Fact]
    public async Task Service_KilledAndStartedAgain_StandsByWhatItCosigned()
    {
        await RunAsync(0, "config");
        await using (var first = WitnessProcess.Start(_folder.Path))
        {
            using var http = new HttpClient { BaseAddress = await first.ListeningAsync() };
            (await PostAsync(http, 0, 0)).StatusCode.Should().Be(HttpStatusCode.OK);
            (await PostAsync(http, 0, 3)).StatusCode
                .Should().Be(HttpStatusCode.Forbidden, "no enclave signed it");
            await RefusesToStartAsync("Another process holds the state folder 'witness-state'");
            first.Kill();
            await first.EndAsync();
        }

        await using var second = WitnessProcess.Start(_folder.Path);
        using var again = new HttpClient { BaseAddress = await second.ListeningAsync() };
        var answer = await again.GetStringAsync($"/{StateStore.NameOf(_log.Origin)}/checkpoint");
        answer.Should().StartWith($"{_log.Origin}\n0\n");
        second.Terminate();
        (await second.EndAsync()).Should().Be(0, second.Output);
        second.Output.Should().Contain("1 logs in the state").And.Contain("Stopped; all that was cosigned");
    }

    [Fact]
    public async Task LostState_IsRefusedUntilToldThatItIsTheFirstStart()
    {
        await RunAsync(0, "config");
        Directory.Delete(PathOf("witness-state"), recursive: true);
        await RefusesToStartAsync("witness.state_path: The state folder 'witness-state' does not exist");
        Directory.CreateDirectory(PathOf("witness-state"));
        await RefusesToStartAsync("witness.state_path (witness-state): The state is empty");
        await using var first = WitnessProcess.Start(_folder.Path, "--init");
        await first.ListeningAsync();
    }

    [Theory]
    [InlineData(2, "--nonsense is not understood", "--nonsense")]
    [InlineData(2, "--init is not understood", "key", "--init")]
    [InlineData(0, "--gateway FOLDER", "--help")]
    [InlineData(1, "setup/witness.toml does not exist; run `make witness`")]
    [InlineData(1, "none/secrets/log.key does not exist", "config", "--gateway", "none")]
    public async Task CommandLine_IsExplained(int code, string expected, params string[] arguments) =>
        (await RunAsync(code, arguments)).Should().Contain(expected);

    [Fact]
    public async Task Version_IsPrinted() =>
        (await RunAsync(0, "--version")).Should().MatchRegex(@"^\d+\.\d+\.\d+\n$");

    private Task<HttpResponseMessage> PostAsync(HttpClient http, ulong from, ulong to) =>
        http.PostAsync("/add-checkpoint", new StringContent(_log.Request(from, to).ToString()));

    private async Task RefusesToStartAsync(string expected)
    {
        var output = await RunAsync(1);
        output.Should().Contain(expected);
        output.TrimEnd('\n').Should().NotContain("\n", "a refused start is told in one line");
    }

    private async Task<string> RunAsync(int code, params string[] arguments)
    {
        await using var process = WitnessProcess.Start(_folder.Path, arguments);
        (await process.EndAsync()).Should().Be(code, process.Output);
        return process.Output;
    }

    private string PathOf(string name) => _folder.Under(name);

    private SortedDictionary<string, string> Contents() => new(
        Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .ToDictionary(path => path, File.ReadAllText),
        StringComparer.Ordinal);
}
