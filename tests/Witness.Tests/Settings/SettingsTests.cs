using System.Globalization;
using Sequencer.Simulation;
using Sequencer.Testing;

namespace Sequencer.Witness.Tests;

public sealed class SettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestLog _log = new("log.example/chain");

    public SettingsTests()
    {
        using (var key = PrivateKeyText.Generate("witness.example"))
            File.WriteAllText(PathOf("witness.key"), key.Export());
        File.Copy(PathOf("witness.key"), PathOf("other.key"));
        File.WriteAllText(PathOf("images.json"), SimulatedImage);
        using var root = SimulatedRoot.Create(TimeProvider.System);
        root.Save(PathOf("root.pem"), PathOf("root.key"));
    }

    /// <summary>Each key with another value than its default, and the property that it sets.</summary>
    public static TheoryData<string, string, string> Options => new()
    {
        { "witness:key_file", "{folder}/other.key", "Identity.KeyFile" },
        { "witness:state_path", "elsewhere", "Identity.StatePath" },
        { "witness:public_url", "https://witness.example", "Identity.PublicUrl" },
        { "server:listen", "http://127.0.0.1:7", "Listener.Listen" },
        { "server:path_prefix", "/witness", "Server.PathPrefix" },
        { "server:body_timeout_seconds", "4", "Server.BodyTimeoutSeconds" },
        { "server:body_min_bytes_per_second", "0", "Listener.BodyMinBytesPerSecond" },
        { "server:requests_per_second", "5", "Server.RequestsPerSecond" },
        { "server:burst", "6", "Server.Burst" },
        { "server:client_requests_max", "7", "Server.ClientRequestsMax" },
        { "server:requests_max", "8", "Server.RequestsMax" },
        { "server:connections_max", "9", "Listener.ConnectionsMax" },
        { "server:headers_timeout_seconds", "6", "Listener.HeadersTimeoutSeconds" },
        { "server:headers_max_bytes", "2005", "Listener.HeadersMaxBytes" },
        { "server:keep_alive_seconds", "7", "Listener.KeepAliveSeconds" },
        { "server:stop_timeout_seconds", "8", "Listener.StopTimeoutSeconds" },
        { "server:trusted_proxies:0", "10.0.0.9", "Listener.TrustedProxies" },
        { "logging:level", "error", "Logging.Level" },
        { "logging:requests", "false", "Logging.Requests" },
        { "logging:format", "json", "Logging.Json" },
    };

    private static string SimulatedImage => File.ReadAllText(
        Path.Combine(SharedData.RepositoryRoot, "setup", "simulated-image.json"));

    private static TomlFile Sample => TomlFile.Read(
        Path.Combine(SharedData.RepositoryRoot, "setup", "witness.sample.toml"), "make witness");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Options))]
    public void EveryKey_ChangesItsSettingAndNoOther(string key, string value, string setting)
    {
        var before = Flatten(Read());
        var after = Flatten(Read((key, value.Replace("{folder}", _folder.Path, StringComparison.Ordinal))));
        after.Where(pair => before[pair.Key] != pair.Value).Select(pair => pair.Key).Should().Equal(setting);
    }

    [Fact]
    public void EveryKeyOfTheSample_IsTestedAbove_AndHasItsDefault()
    {
        var keys = Sample.Values.Keys.Where(key => !IsOfLogs(key));
        keys.Should().BeEquivalentTo(
            Options.Select(row => ((string)row[0]).Replace(":0", "", StringComparison.Ordinal)));
        var named = Sample.Values
            .Where(pair => pair.Value.Kind != TomlKind.EmptyList && !IsOfLogs(pair.Key))
            .Where(pair => pair.Key is not ("witness:key_file" or "witness:state_path"))
            .Select(pair => (pair.Key, pair.Value.Text));
        Flatten(Read([.. named])).Should().Equal(Flatten(Read(("server:listen", "http://127.0.0.1:5010"))));
    }

    [Fact]
    public void RuleOfTheSample_DemandsTheEnclaveOfEveryChain()
    {
        var settings = Sample.Values
            .Where(pair => IsOfLogs(pair.Key) && pair.Key != "logs:local:vkey")
            .Select(pair => (Key: pair.Key.Replace("local", "test", StringComparison.Ordinal), pair.Value.Text))
            .Select(pair => pair.Key switch
            {
                "logs:test:accepted_images" => (pair.Key, PathOf("images.json")),
                "logs:test:simulated_root_file" => (pair.Key, PathOf("root.pem")),
                _ => pair,
            });
        var rules = Read([.. settings]).Logs;
        rules.TryFind("127.0.0.1:5000/log/demo", out var rule, out var key).Should().BeTrue();
        key!.PublicKey.ToArray().Should().Equal(_log.Key.PublicKey.ToArray());
        rule!.OriginsMax.Should().Be(10_000);
        rule.Enclave!.CosignerName.Should().Be("127.0.0.1:5000/log/_simulated-enclave");
        rule.Enclave.Address.Should().Be(new Uri("http://127.0.0.1:5000/log"));
    }

    [Fact]
    public void SimulatedImage_IsTheOneThatSimulatedEnclavesSay() =>
        Attestation.AcceptedImages.Parse(SimulatedImage).Images.Should().ContainSingle()
            .Which.Measurement.Should().Be(SimulatedNsm.Image);

    [Fact]
    public void RealEnclave_IsDemandedWhereNoSimulatedRootIsNamed()
    {
        var rules = Read(
            ("logs:test:accepted_images", PathOf("images.json")),
            ("logs:test:attestation_url", "https://log.example/chain")).Logs;
        rules.TryFind("log.example/chain", out var rule, out _).Should().BeTrue();
        rule!.Enclave!.CosignerName.Should().Be("log.example/_enclave");
    }

    [Theory]
    [InlineData("logs:test:vkey", "", "logs.test.vkey is \"\"; expected a vkey")]
    [InlineData("logs:test:vkey", "witness.example+18bd34ea+BA==", "expected a vkey")]
    [InlineData("logs:test:prefix", "https://log.example", "expected a log prefix")]
    [InlineData("logs:test:prefix", "log.example/", "no slash at either end.")]
    [InlineData("logs:test:origins_max", "0", "expected an integer from 1")]
    [InlineData("logs:test:attestation_url", "https://log.example", "accepted_images is not set")]
    [InlineData("logs:test:simulated_root_file", "{folder}/root.pem", "accepted_images is not set")]
    [InlineData("logs:test:accepted_images", "{folder}/none.json", "does not exist")]
    [InlineData("logs:test:accepted_images", "{folder}/root.pem", "is not valid JSON")]
    [InlineData(
        "logs:test:accepted_images", "{folder}/images.json", "attestation_url is \"\"; expected the URL")]
    [InlineData("logs:again:vkey", "{vkey}", "log.example/chain is already in")]
    [InlineData("logs:test:nonsense", "1", "there is no such setting")]
    [InlineData("server:path_prefix", "witness/", "expected nothing, or a path such as /witness")]
    [InlineData("witness:key_file", "{folder}/none.key", "does not exist")]
    [InlineData("witness:key_file", "", "witness.key_file is \"\"; expected the name of a file.")]
    [InlineData("witness:state_path", "", "witness.state_path is \"\"; expected the name of a folder.")]
    [InlineData("witness:public_url", "foo", "witness.public_url is \"foo\"; expected the URL that policies give")]
    [InlineData("witness:public_url", "ftp://witness.example", "expected the URL that policies give")]
    [InlineData("witness:public_url", "https://witness.example/a b", "expected the URL that policies give")]
    public void Mistake_IsNamed(string key, string value, string expected)
    {
        var setting = (key, value.Replace("{folder}", _folder.Path, StringComparison.Ordinal)
            .Replace("{vkey}", _log.Key.ToString(), StringComparison.Ordinal));
        FluentActions.Invoking(() => Read(setting)).Should().Throw<SettingsException>()
            .Which.Message.Should().Contain(expected).And.NotContain("\n").And.NotContain("Parameter");
    }

    [Fact]
    public void NoLog_IsNamed() =>
        FluentActions.Invoking(() => WitnessSettings.Read(TestWitness.Configuration(_folder.Path)))
            .Should().Throw<SettingsException>().Which.Message.Should().StartWith("[logs] names no log");

    private static bool IsOfLogs(string key) => key.StartsWith("logs:", StringComparison.Ordinal);

    private string PathOf(string name) => _folder.Under(name);

    private WitnessSettings Read(params (string, string)[] settings) => WitnessSettings.Read(
        TestWitness.Configuration(_folder.Path, [("logs:test:vkey", _log.Key.ToString()), .. settings]));

    private static SortedDictionary<string, string> Flatten(WitnessSettings settings)
    {
        var flat = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, part) in new (string, object)[]
        {
            ("Identity", settings.Identity), ("Server", settings.Server),
            ("Listener", settings.Server.Listener),
            ("Logging", settings.Logging),
        })
        {
            foreach (var property in part.GetType().GetProperties())
            {
                var value = property.GetValue(part);
                if (value is IEnumerable<string> list)
                    value = string.Join(',', list);
                if (value is string or IFormattable or bool)
                    flat[$"{name}.{property.Name}"] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
            }
        }

        return flat;
    }
}
