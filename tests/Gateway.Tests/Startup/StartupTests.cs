using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Configuration;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>The real program: how it begins, refuses to begin, and ends.</summary>
public sealed class StartupTests : IDisposable
{
    private const string FreePort = "http://127.0.0.1:0";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Config_MakesEverythingForItsOwnerAlone_AndNeverTwice()
    {
        (await ConfigAsync()).Should().Contain("made").And.Contain("make run").And.Contain("curl");
        foreach (var file in Directory.GetFiles(PathOf("secrets")))
            File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        const UnixFileMode OwnersFolder =
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.GetUnixFileMode(PathOf("secrets")).Should().Be(OwnersFolder);
        File.GetUnixFileMode(PathOf("data")).Should().Be(OwnersFolder);
        var before = Contents();

        (await ConfigAsync()).Should().NotContain("made");
        Contents().Should().Equal(before);
    }

    [Fact]
    public async Task Config_OneFileMissing_MakesThatOneOnly()
    {
        await ConfigAsync();
        File.Delete(PathOf("secrets/log.key"));
        (await ConfigAsync()).Split('\n').Where(line => line.StartsWith("made", StringComparison.Ordinal))
            .Should().ContainSingle().Which.Should().Contain("log.key");
    }

    [Fact]
    public async Task Config_LedgerWithoutItsConfiguration_IsNotTakenForNew()
    {
        await ConfigAsync();
        File.Delete(PathOf("setup/config.toml"));
        await using var process = GatewayProcess.Start(_folder.Path, ["config"]);
        (await process.EndAsync()).Should().Be(1);
        process.Output.Should().Contain("data already holds a ledger");
    }

    [Fact]
    public async Task ConfiguredService_TakesTransactionsAcrossARestart_AndStopsInGoodOrder()
    {
        await ConfigAsync();
        for (var round = 0UL; round < 2; round++)
        {
            await using var process = Serve();
            (await SubmitAsync(process, "x")).Should().Be(round);
            process.Terminate();
            (await process.EndAsync()).Should().Be(0, process.Output);
            process.Output.Should().Contain("every accepted transaction was finished or refused");
        }
    }

    [Fact]
    public async Task LostLogKey_StopsTheStart_UnlessToldThatAnotherIsMeant()
    {
        await ConfigAsync();
        await using (var process = Serve())
        {
            await SubmitAsync(process, "x");
            process.Terminate();
            (await process.EndAsync()).Should().Be(0, process.Output);
        }

        await RefusesAsync("log.prefix: the ledger has chains under \"127.0.0.1:5000/log\", but the settings name "
            + "\"other.example/log\"", ("SEQUENCER__SERVER__PUBLIC_HOST", "other.example"));
        File.Delete(PathOf("secrets/log.key"));
        (await ConfigAsync()).Should().Contain("made").And.Contain("secrets/log.key");
        await RefusesAsync("log.key_file: the ledger has chains under the log key ");
        await using var told = GatewayProcess.Start(
            _folder.Path, ["--new-log-key"], ("SEQUENCER__SERVER__LISTEN", FreePort));
        (await SubmitAsync(told, "y")).Should().Be(1);
        told.Output.Should().Contain("The chains go on under the log key ");
    }

    [Fact]
    public async Task Stop_WithRequestsInFlight_AnswersEveryOne()
    {
        await ConfigAsync();
        await using var process = Serve(("SEQUENCER__SEQUENCER__LINGER_MS", "300"));
        using var http = new HttpClient { BaseAddress = await process.ListeningAsync() };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MintToken("demo"));
        var posts = Enumerable.Range(0, 50).Select(i => http.PostAsync("/sequence",
            new StringContent($$"""{"data":"{{i}}"}""", Encoding.UTF8, "application/json"))).ToList();
        await Task.WhenAny(posts);
        process.Terminate();
        foreach (var post in posts)
        {
            try
            {
                var answer = await post;
                ((int)answer.StatusCode).Should().BeOneOf(200, 503);
            }
            catch (HttpRequestException)
            {
                // Not accepted: its connection came after the service had stopped listening.
            }
        }

        posts.Count(post => post.IsCompletedSuccessfully && post.Result.IsSuccessStatusCode)
            .Should().BePositive();
        (await process.EndAsync()).Should().Be(0, process.Output);
    }

    [Fact]
    public async Task NoConfiguration_StopsTheStart() =>
        await RefusesAsync("setup/config.toml does not exist; run `make config`");

    [Theory]
    [InlineData("[server]\n", "[server]\nlissten = 1\n", "server.lissten: there is no such setting")]
    [InlineData("body_max_bytes = 524288", "body_max_bytes = \"much\"",
        "server.body_max_bytes is \"much\"; expected an integer")]
    [InlineData("secrets/jwt.pub", "secrets/none.pub",
        "auth.public_key_file: the file secrets/none.pub does not exist")]
    [InlineData("secrets/jwt.pub", "secrets/jwt.key",
        "auth.public_key_file: secrets/jwt.key: expected only blocks of PUBLIC KEY")]
    [InlineData("key_file = \"secrets/log.key\"", "key_file = \"secrets/jwt.pub\"",
        "log.key_file: secrets/jwt.pub: ")]
    [InlineData("secrets/simulated-root.pem", "secrets/jwt.pub", "enclave.simulated_root_file: ")]
    [InlineData("witness_policy_file = \"\"", "witness_policy_file = \"secrets/jwt.pub\"",
        "enclave.simulated_witness_policy_file secrets/jwt.pub: witness_policy: Line 1 of the policy")]
    [InlineData("witnessed_chains = []", "witnessed_chains = [\"*\"]",
        "enclave.simulated_witnessed_chains needs enclave.simulated_witness_policy_file")]
    [InlineData("path = \"data\"", "path = \"lost\"", "ledger.path: The ledger folder 'lost' does not exist")]
    [InlineData("path = \"data\"", "path = \"secrets\"",
        "ledger.path: The ledger folder 'secrets' holds no ledger")]
    [InlineData("[log]", "[log", "setup/config.toml(")]
    [InlineData("[auth]\n",
        "[kestrel.endpoints.public]\nurl = \"https://127.0.0.1:0\"\n"
        + "[kestrel.endpoints.public.certificate]\npath = \"secrets/jwt.pub\"\n[auth]\n",
        "kestrel.endpoints.public (https://127.0.0.1:0): ")]
    [InlineData("[auth]\n",
        "[kestrel.endpoints.public]\nurl = \"https://127.0.0.1:0\"\n"
        + "[kestrel.endpoints.public.certificate]\npath = \"secrets/none.pem\"\n[auth]\n",
        "see its url and its certificate.")]
    [InlineData("[auth]\n",
        "[kestrel.endpoints.public]\nurl = \"https://127.0.0.1:0\"\n"
        + "[kestrel.endpoints.public.certificate]\npath = \"secrets/simulated-root.pem\"\n[auth]\n",
        "kestrel.endpoints.public (https://127.0.0.1:0): ")]
    [InlineData("[auth]\n",
        "[kestrel.endpoints.public]\nurl = \"https://127.0.0.1:0\"\n"
        + "[kestrel.endpoints.public.sni.\"*\".certificate]\npath = \"secrets/simulated-root.pem\"\n[auth]\n",
        "kestrel.endpoints.public (https://127.0.0.1:0): ")]
    [InlineData("[auth]\n",
        "[kestrel.endpoints.public]\nurl = \"https://127.0.0.1:0\"\n[auth]\n",
        "kestrel.endpoints.public.url is \"https://127.0.0.1:0\"; expected a certificate with it")]
    public async Task MistakeInTheConfiguration_StopsTheStartWithOneLine(
        string text, string replacement, string expected)
    {
        await ConfigAsync();
        var config = await File.ReadAllTextAsync(PathOf("setup/config.toml"));
        config.Should().Contain(text);
        await File.WriteAllTextAsync(
            PathOf("setup/config.toml"), config.Replace(text, replacement, StringComparison.Ordinal));
        await RefusesAsync(expected);
    }

    [Fact]
    public async Task ForeignLedger_StopsTheStart()
    {
        await ConfigAsync();
        await RefusesAsync(
            "ledger.path: The ledger in 'data' has the id", ("SEQUENCER__LEDGER__ID", "another"));
    }

    [Fact]
    public async Task UnknownEnvironmentVariable_StopsTheStart()
    {
        await ConfigAsync();
        await RefusesAsync(
            "environment variable SEQUENCER__SERVER__LISSTEN: server.lissten", (
                "SEQUENCER__SERVER__LISSTEN", "x"));
    }

    [Fact]
    public async Task TakenPort_StopsTheStartWithOneLine()
    {
        await ConfigAsync();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        await RefusesAsync($"server.listen ({address})", ("SEQUENCER__SERVER__LISTEN", address));
    }

    [Fact]
    public async Task TakenPortOfAnEndpoint_StopsTheStartWithItsName()
    {
        await ConfigAsync();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        await RefusesAsync($"kestrel.endpoints.public ({address}): ",
            ("SEQUENCER__KESTREL__ENDPOINTS__public__URL", address), ("ASPNETCORE_CONTENTROOT", "/nonexistent"));
    }

    [Theory]
    [InlineData(SocketError.AddressAlreadyInUse, "Stop the program that has it, or listen elsewhere.")]
    [InlineData(
        SocketError.AddressNotAvailable, "This machine has no such address: name one of its own, or * for all.")]
    [InlineData(SocketError.AccessDenied, "A port below 1024 needs the capability CAP_NET_BIND_SERVICE.")]
    public void AddressThatCannotBeHad_IsExplainedByItsReason(SocketError error, string advice)
    {
        var settings = ListenerSettings.Read(
            new SettingsReader(new ConfigurationBuilder().Build(), "NONE_"), "http://127.0.0.1:443");
        var refused = new IOException("Failed to bind.", new AggregateException(new SocketException((int)error)));

        ListenerSetup.Explain(refused, new ConfigurationBuilder().Build(), settings)
            .Should().Be($"server.listen (http://127.0.0.1:443): Failed to bind. {advice}");
    }

    [Fact]
    public async Task AddressOfAnotherMachine_StopsTheStartWithOneLine()
    {
        await ConfigAsync();
        await RefusesAsync("This machine has no such address", ("SEQUENCER__SERVER__LISTEN", "http://192.0.2.1:0"));
    }

    [Fact]
    public async Task EncryptedKeyWithoutItsPassword_StopsTheStartWithOneLine()
    {
        await ConfigAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(99));
        await File.WriteAllTextAsync(PathOf("tls.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(PathOf("tls.key"), key.ExportEncryptedPkcs8PrivateKeyPem(
            "secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000)));
        const string Table = "SEQUENCER__KESTREL__ENDPOINTS__public__";
        await RefusesAsync("no password was provided", (Table + "URL", "https://127.0.0.1:0"),
            (Table + "CERTIFICATE__PATH", "tls.pem"), (Table + "CERTIFICATE__KEYPATH", "tls.key"));
    }

    [Fact]
    public async Task KmsKeyWithoutARegion_StopsTheStartWithOneLine()
    {
        await ConfigAsync();
        await RefusesAsync("log.kms_key: ",
            ("SEQUENCER__LOG__KMS_KEY", "alias/none"), ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_REGION", ""), ("AWS_DEFAULT_REGION", ""), ("AWS_CONFIG_FILE", "/nonexistent"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"));
    }

    [Theory]
    [InlineData("us_east_1")]
    [InlineData("us-east-1 ")]
    [InlineData("bad region")]
    public async Task KmsRegionThatIsNone_StopsTheStartWithOneLine(string region)
    {
        await ConfigAsync();
        await RefusesAsync($"log.kms_region is \"{region}\"; expected a region such as us-east-1. ",
            ("SEQUENCER__LOG__KMS_KEY", "alias/none"), ("SEQUENCER__LOG__KMS_REGION", region),
            ("AWS_EC2_METADATA_DISABLED", "true"));
    }

    [Fact]
    public async Task EnclaveThatDemandsOtherWitnesses_StopsTheStart()
    {
        await ConfigAsync();
        using var witness = Tlog.NoteSigner.Generate();
        var vkey = Tlog.VerifierKey.Create("w1", Tlog.SignatureType.CosignatureEd25519, witness.PublicKey.Span);
        await File.WriteAllTextAsync(
            PathOf("demanded.policy"), $"witness w1 {vkey} http://127.0.0.1:1/\nquorum w1\n");
        await using var process = Serve(
            ("SEQUENCER__ENCLAVE__SIMULATED_WITNESS_POLICY_FILE", "demanded.policy"));
        (await process.EndAsync()).Should().Be(1, process.Output);
        process.Output.Should().Contain("sequencer-gateway: enclave.address (in-process): ")
            .And.Contain("witnesses.policy_file").And.NotContain("Unhandled exception");
    }

    [Fact]
    public async Task SecondGatewayOnTheSameLedger_IsRefused()
    {
        await ConfigAsync();
        await using var first = Serve();
        await first.ListeningAsync();
        await RefusesAsync("ledger.path: Another process holds the ledger");
    }

    [Theory]
    [InlineData("--nonsense", 2, "--nonsense is not understood")]
    [InlineData("--config", 2, "--config is not understood")]
    [InlineData("--help", 0, "--take-over")]
    [InlineData("--help", 0, "--new-log-key")]
    public async Task CommandLine_IsExplained(string argument, int code, string expected)
    {
        await using var process = GatewayProcess.Start(_folder.Path, [argument]);
        (await process.EndAsync()).Should().Be(code);
        process.Output.Should().Contain(expected);
    }

    [Fact]
    public async Task Version_IsPrinted_AndSaidAtTheStart()
    {
        await ConfigAsync();
        await using var asked = GatewayProcess.Start(_folder.Path, ["--version"]);
        (await asked.EndAsync()).Should().Be(0);
        asked.Output.Should().MatchRegex(@"^\d+\.\d+\.\d+\n$");
        await using var started = Serve();
        await started.ListeningAsync();
        started.Output.Should().Contain($"; version {asked.Output}");
    }

    private string PathOf(string name) => _folder.Under(name);

    private ServerProcess Serve(params (string, string)[] environment) =>
        GatewayProcess.Start(_folder.Path, [], [("SEQUENCER__SERVER__LISTEN", FreePort), .. environment]);

    /// <summary>Submits to the chain demo; the index.</summary>
    private async Task<ulong> SubmitAsync(ServerProcess process, string data)
    {
        using var http = new HttpClient { BaseAddress = await process.ListeningAsync() };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MintToken("demo"));
        var body = new StringContent($$"""{"data":"{{data}}"}""", Encoding.UTF8, "application/json");
        return (await (await http.PostAsync("/sequence", body)).JsonAsync()).Number("idx");
    }

    private async Task<string> ConfigAsync()
    {
        await using var process = GatewayProcess.Start(_folder.Path, ["config"]);
        (await process.EndAsync()).Should().Be(0, process.Output);
        return process.Output;
    }

    private async Task RefusesAsync(string expected, params (string, string)[] environment)
    {
        await using var process = Serve(environment);
        (await process.EndAsync()).Should().Be(1, process.Output);
        var lines = process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.Contains(" INF ", StringComparison.Ordinal));
        lines.Should().ContainSingle(process.Output).Which.Should()
            .StartWith("sequencer-gateway: ").And.Contain(expected);
    }

    private SortedDictionary<string, string> Contents() => new(
        Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/data/", StringComparison.Ordinal))
            .ToDictionary(file => file, File.ReadAllText), StringComparer.Ordinal);

    private string MintToken(string chain)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(PathOf("secrets/jwt.key")));
        return new TestTokens(key).For(chain);
    }
}
