using System.Globalization;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.Extensions.Configuration;
using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

/// <summary>The configuration: each key takes effect, and each mistake is named in one line.</summary>
public sealed partial class SettingsTests : IDisposable
{
    private readonly TestSecrets _secrets = new();

    public void Dispose() => _secrets.Dispose();

    /// <summary>Every key with a value that is not its default, and where it must show.</summary>
    public static TheoryData<string, string, string> Options => new()
    {
        { "server:listen", "http://127.0.0.1:7", "Server.Listener.Listen" },
        { "server:public_host", "example.org", "Server.PublicHost" },
        { "server:body_max_bytes", "2001", "Server.BodyMaxBytes" },
        { "server:batch_body_max_bytes", "2002", "Server.BatchBodyMaxBytes" },
        { "server:body_timeout_seconds", "3", "Server.BodyTimeoutSeconds" },
        { "server:body_min_bytes_per_second", "0", "Server.Listener.BodyMinBytesPerSecond" },
        { "server:arriving_max_bytes", "2003", "Server.ArrivingMaxBytes" },
        { "server:chain_arriving_max_bytes", "2004", "Server.ChainArrivingMaxBytes" },
        { "server:connections_max", "5", "Server.Listener.ConnectionsMax" },
        { "server:headers_timeout_seconds", "6", "Server.Listener.HeadersTimeoutSeconds" },
        { "server:headers_max_bytes", "2005", "Server.Listener.HeadersMaxBytes" },
        { "server:keep_alive_seconds", "7", "Server.Listener.KeepAliveSeconds" },
        { "server:stop_timeout_seconds", "8", "Server.Listener.StopTimeoutSeconds" },
        { "server:trusted_proxies:0", "10.0.0.9", "Server.Listener.TrustedProxies" },
        { "auth:public_key_file", "{folder}/log.key", "Auth.PublicKeyFile" },
        { "auth:jwks_reload_min_seconds", "9", "Auth.JwksReloadMinSeconds" },
        { "auth:jwks_reload_max_seconds", "11", "Auth.JwksReloadMaxSeconds" },
        { "auth:issuer", "https://issuer", "Auth.Issuer" },
        { "auth:audience", "sequencer", "Auth.Audience" },
        { "auth:clock_skew_seconds", "12", "Auth.ClockSkewSeconds" },
        { "auth:tokens_remembered", "13", "Auth.TokensRemembered" },
        { "log:prefix", "example.org/other", "Log.Prefix" },
        { "log:key_file", "{folder}/jwt.pub", "Log.KeyFile" },
        { "log:kms_key", "alias/log", "Log.KmsKey" },
        { "log:kms_region", "eu-central-1", "Log.KmsRegion" },
        { "log:kms_interval_ms", "250", "Log.KmsIntervalMs" },
        { "enclave:address", "unix:///run/enclave", "Enclave.Address" },
        { "enclave:simulated_root_file", "{folder}/jwt.pub", "Enclave.SimulatedRootFile" },
        { "enclave:simulated_root_key_file", "{folder}/jwt.pub", "Enclave.SimulatedRootKeyFile" },
        {
            "enclave:simulated_witness_policy_file", "{folder}/jwt.pub", "Enclave.SimulatedWitnessPolicyFile"
        },
        { "enclave:simulated_witnessed_chains:0", "demo", "Enclave.SimulatedWitnessedChains" },
        { "ledger:path", "elsewhere", "Ledger.Path" },
        { "ledger:id", "another", "Ledger.Id" },
        { "ledger:compression", "zstd", "Ledger.Compression" },
        { "sequencer:batch_max_entries", "14", "Sequencer.BatchMaxEntries" },
        { "sequencer:batch_max_bytes", "70000", "Sequencer.BatchMaxBytes" },
        { "sequencer:queue_max_entries", "15", "Sequencer.QueueMaxEntries" },
        { "sequencer:queue_max_bytes", "70001", "Sequencer.QueueMaxBytes" },
        { "sequencer:linger_ms", "16", "Sequencer.LingerMs" },
        { "sequencer:max_chains", "17", "Sequencer.MaxChains" },
        { "sequencer:idempotency_retention_hours", "18", "Sequencer.IdempotencyRetentionHours" },
        { "sequencer:outcome_timeout_seconds", "19", "Sequencer.OutcomeTimeoutSeconds" },
        { "chain_defaults:queue_max_entries", "20", "Sequencer.ChainDefaults.QueueMaxEntries" },
        { "chain_defaults:queue_max_bytes", "70002", "Sequencer.ChainDefaults.QueueMaxBytes" },
        { "chain_defaults:transactions_per_second", "21", "Sequencer.ChainDefaults.TransactionsPerSecond" },
        { "chain_defaults:bytes_per_second", "22", "Sequencer.ChainDefaults.BytesPerSecond" },
        { "chain_defaults:unique", "true", "Sequencer.ChainDefaults.Unique" },
        { "chain_defaults:finality", "witnessed", "Sequencer.ChainDefaults.Finality" },
        { "chain_defaults:public", "true", "any.Public" },
        { "chain_defaults:public_entries", "false", "any.PublicEntries" },
        { "chains:demo:queue_max_entries", "23", "demo.QueueMaxEntries" },
        { "chains:demo:queue_max_bytes", "70003", "demo.QueueMaxBytes" },
        { "chains:demo:transactions_per_second", "24", "demo.TransactionsPerSecond" },
        { "chains:demo:bytes_per_second", "25", "demo.BytesPerSecond" },
        { "chains:demo:unique", "true", "demo.Unique" },
        { "chains:demo:finality", "witnessed", "demo.Finality" },
        { "chains:demo:public", "true", "demo.Public" },
        { "chains:demo:public_entries", "false", "demo.PublicEntries" },
        { "witnesses:policy_file", "{folder}/witnesses.policy", "Witnesses.PolicyFile" },
        { "witnesses:interval_ms", "30", "Witnesses.IntervalMs" },
        { "witnesses:timeout_ms", "31", "Witnesses.TimeoutMs" },
        { "witnesses:patience_seconds", "35", "Sequencer.WitnessPatienceSeconds" },
        { "reads:per_second", "26", "Reads.PerSecond" },
        { "reads:burst", "27", "Reads.Burst" },
        { "reads:attestations_per_minute", "28", "Reads.AttestationsPerMinute" },
        { "reads:attestations_per_minute_all", "29", "Reads.AttestationsPerMinuteAll" },
        { "reads:bundles_max_bytes", "33554433", "Reads.BundlesMaxBytes" },
        { "feed:readers_max", "30", "Feed.ReadersMax" },
        { "feed:chain_readers_max", "31", "Feed.ChainReadersMax" },
        { "feed:client_readers_max", "32", "Feed.ClientReadersMax" },
        { "feed:keep_alive_seconds", "33", "Feed.KeepAliveSeconds" },
        { "feed:write_timeout_seconds", "34", "Feed.WriteTimeoutSeconds" },
        { "logging:level", "error", "Logging.Level" },
        { "logging:requests", "false", "Logging.Requests" },
        { "logging:format", "json", "Logging.Json" },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void EveryKey_ChangesItsSettingAndNoOther(string key, string value, string setting)
    {
        // Witnessed finality needs witnesses.
        (string, string)[] needed = key.EndsWith(":finality", StringComparison.Ordinal)
            ? [("witnesses:policy_file", _secrets.PathOf("witnesses.policy"))]
            : [];
        var before = Flatten(Read(needed));
        var after = Flatten(
            Read([.. needed, (key, value.Replace("{folder}", _secrets.Folder, StringComparison.Ordinal))]));
        var changed = after.Where(pair => before[pair.Key] != pair.Value).Select(pair => pair.Key);
        // The log prefix is made from the host's name, limits of single chains start from the defaults, and batches
        // gather for a key in KMS.
        changed.Where(
            name => !(key == "server:public_host" && name.EndsWith("Prefix", StringComparison.Ordinal))
                && !(key == "log:prefix" && name == "Sequencer.LogPrefix")
                && !(key == "log:kms_key" && name == "Sequencer.LingerMs")
                && !(key.StartsWith("chain_defaults", StringComparison.Ordinal)
                    && name.StartsWith("demo", StringComparison.Ordinal)))
            .Should().Equal(setting);
    }

    [Theory]
    [InlineData("alias/log", "250", "0", 250)]
    [InlineData("alias/log", "250", "300", 300)]
    [InlineData("", "250", "10", 10)]
    public void BatchesGather_ForTheIntervalOfAKeyInKms(string key, string interval, string linger, int gathers) =>
        Read(("log:kms_key", key), ("log:kms_interval_ms", interval), ("sequencer:linger_ms", linger))
            .Sequencer.LingerMs.Should().Be(gathers);

    [Fact]
    public void EveryKeyOfTheSample_IsTestedAbove_AndHasItsDefault()
    {
        var sample = TomlFile.Read(
            Path.Combine(SharedData.RepositoryRoot, "setup", "sample.toml"), "make config");
        var keys = sample.Values.Keys.Where(key => !key.StartsWith("iac", StringComparison.Ordinal));
        var tested = Options.Select(row => ((string)row[0]).Replace(":0", "", StringComparison.Ordinal))
            .Where(key => !key.StartsWith("chains:", StringComparison.Ordinal))
            .Concat(["auth:jwks_file", "auth:jwks_url"]);
        keys.Should().BeEquivalentTo(tested);

        var named = sample.Values.Where(pair => pair.Value.Kind != TomlKind.EmptyList)
            .Select(pair => (pair.Key, pair.Value.Text))
            .Where(pair => !pair.Key.Contains("_file", StringComparison.Ordinal) && pair.Key != "ledger:id");
        Flatten(Read([.. named])).Should().Equal(Flatten(Read(("server:listen", "http://127.0.0.1:5000"))));
    }

    [Fact]
    public void EveryKeyOfTheSample_IsExplained()
    {
        var lines = File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "setup", "sample.toml"));
        for (var i = 1; i < lines.Length; i++)
        {
            if (KeyLine().IsMatch(lines[i]))
                (lines[i - 1].StartsWith('#') || KeyLine().IsMatch(lines[i - 1])).Should().BeTrue(lines[i]);
        }
    }

    [Theory]
    [InlineData("quorum none\n", "says quorum none; name a quorum")]
    [InlineData("quorum w9\n", "Line 1 of the policy: 'w9' is not a witness or group")]
    [InlineData("log {log}\nwitness w1 {vkey} http://127.0.0.1:1/\nquorum w1\n", "has a log line; expected")]
    [InlineData("witness w1 {vkey}\nquorum w1\n", "witness w1 has the URL ''; expected where to submit")]
    [InlineData("witness w1 {vkey} ftp://w1\nquorum w1\n", "witness w1 has the URL 'ftp://w1'; expected")]
    public void WitnessPolicy_ThatCannotBeUsed_IsRefusedByName(string policy, string expected)
    {
        var key = new byte[] { 1 }.Concat(Enumerable.Repeat((byte)9, 31)).ToArray();
        var vkey = Tlog.VerifierKey.Create("w1", Tlog.SignatureType.CosignatureEd25519, key);
        var log = Tlog.VerifierKey.Create("log", Tlog.SignatureType.Ed25519, key);
        File.WriteAllText(_secrets.PathOf("p"), policy.Replace("{vkey}", vkey.ToString(), StringComparison.Ordinal)
            .Replace("{log}", log.ToString(), StringComparison.Ordinal));

        var reading = () => Read(("witnesses:policy_file", _secrets.PathOf("p")));

        reading.Should().Throw<SettingsException>().Which.Message.Should()
            .StartWith("witnesses.policy_file: ").And.Contain(expected).And.NotContain("\n");
    }

    [Theory]
    [InlineData("chain_defaults")]
    [InlineData("chains:demo")]
    public void WitnessedFinality_WithoutWitnesses_IsRefusedByName(string table)
    {
        var reading = () => Read((table + ":finality", "witnessed"));
        reading.Should().Throw<SettingsException>().Which.Message.Should()
            .StartWith(table.Replace(':', '.') + ".finality is \"witnessed\"").And.Contain("witnesses.policy_file");
    }

    [Fact]
    public void JwksUrl_InPlainHttpToAnotherMachine_IsRefused()
    {
        var reading = () => Read(("auth:public_key_file", ""), ("auth:jwks_url", "http://example.org/keys"));
        reading.Should().Throw<SettingsException>().Which.Message.Should().Contain("https");
        Read(("auth:public_key_file", ""), ("auth:jwks_url", "https://example.org/keys"))
            .Auth.JwksUrl!.Host.Should().Be("example.org");
    }

    [Theory]
    [InlineData("[sequencer]\nlinger_ms = 1000\noutcome_timeout_seconds = 2")]
    [InlineData("[log]\nkms_key = \"alias/log\"\nkms_interval_ms = 15000")]
    [InlineData("[log]\nkms_interval_ms = 60000\n[sequencer]\noutcome_timeout_seconds = 1")]
    public void GatheringForHalfOfTheWait_IsTaken(string toml) => Read(toml);

    [Fact]
    public void OtherProgramsTables_AreLeftAlone() =>
        Read("[iac.aws]\nanything = [1, 2]");

    [Fact]
    public void TablesForKestrel_AreTaken() => Read("""
        [chains]
        [kestrel.endpoints.a]
        Url = "https://*:443"
        Protocols = "Http1AndHttp2"
        SslProtocols = ["tls13"]
        ClientCertificateMode = "requirecertificate"
        Certificate = { Path = "a", KeyPath = "b", Password = "c", Subject = "d", Store = "e", Location = "f" }
        [kestrel.endpoints.a.sni."*.x"]
        ClientCertificateMode = "AllowCertificate"
        [kestrel.endpoints.a.sni."*.x".certificate]
        AllowInvalid = true
        [kestrel.certificates.Default]
        Path = "a"
        """);

    [Fact]
    public void AnyText_IsReadOrRefusedByName() =>
        Gen.OneOf(Gen.String, Gen.String["[]=\"'\n.#{}, servlitn0123:-_\t"]).Sample(text =>
        {
            try
            {
                TomlFile.Parse("config.toml", text);
            }
            catch (SettingsException refused)
            {
                refused.Message.Should().StartWith("config.toml(").And.NotContain("\n");
            }
        });

    private GatewaySettings Read(params (string Key, string Value)[] settings) =>
        GatewaySettings.Read(_secrets.Configuration(settings));

    /// <summary>Reads a file's text over the test set-up.</summary>
    private GatewaySettings Read(string toml) => GatewaySettings.Read(new ConfigurationBuilder()
        .AddConfiguration(_secrets.Configuration())
        .Add(new TomlConfigurationSource(TomlFile.Parse("config.toml", toml)))
        .Build());

    private static SortedDictionary<string, string> Flatten(GatewaySettings settings)
    {
        var flat = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, part) in new (string, object)[]
        {
            ("Server", settings.Server), ("Server.Listener", settings.Server.Listener),
            ("Auth", settings.Auth), ("Log", settings.Log),
            ("Enclave", settings.Enclave), ("Ledger", settings.Ledger), ("Reads", settings.Reads),
            ("Feed", settings.Feed), ("Witnesses", settings.Witnesses),
            ("Logging", settings.Logging), ("Sequencer", settings.Sequencer),
            ("Sequencer.ChainDefaults", settings.Sequencer.ChainDefaults),
            ("demo", settings.Sequencer.Chains.GetValueOrDefault("demo", settings.Sequencer.ChainDefaults)),
            ("demo", AccessOf(settings, "demo")), ("any", AccessOf(settings, "any")),
        })
        {
            foreach (var property in part.GetType().GetProperties())
            {
                var value = property.GetValue(part);
                if (value is IEnumerable<string> list)
                    value = string.Join(',', list);
                if (value is null or string or IFormattable or bool or Uri or Protocol.EnclaveEndpoint)
                    flat[$"{name}.{property.Name}"] = Convert.ToString(
                        value, CultureInfo.InvariantCulture) ?? "";
            }
        }

        return flat;
    }

    private static ChainAccess AccessOf(GatewaySettings settings, string chain)
    {
        Tlog.ChainId.TryParse(chain, out var id).Should().BeTrue();
        return settings.Chains.AccessOf(id);
    }

    [GeneratedRegex("^[a-z_]+ = ")]
    private static partial Regex KeyLine();
}
