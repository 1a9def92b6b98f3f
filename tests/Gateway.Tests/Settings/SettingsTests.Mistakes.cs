using Microsoft.Extensions.Configuration;

namespace Sequencer.Gateway.Tests;

/// <summary>What is wrong in a file, or in the environment, is named in one line.</summary>
public sealed partial class SettingsTests
{
    [Theory]
    [InlineData("[server]\nlisten = 5000",
        "config.toml(2): server.listen is \"5000\"; expected a text in quotes (found an integer).")]
    [InlineData("[server]\nbody_max_bytes = \"5000\"",
        "server.body_max_bytes is \"5000\"; expected an integer from 1024 to 67108864 (found a text).")]
    [InlineData("[server]\nbody_max_bytes = 1",
        "server.body_max_bytes is \"1\"; expected an integer from 1024 to")]
    [InlineData("[server]\nbody_max_bytes = 5000.5", "(found a number with a fraction)")]
    [InlineData("[server]\nbody_max_bytes = []",
        "config.toml(2): server.body_max_bytes is a list or a table; expected an integer")]
    [InlineData("[auth]\nissuer = [\"https://issuer.example\"]",
        "config.toml(2): auth.issuer is a list or a table; expected a text in quotes.")]
    [InlineData("[server]\nbody_max_bytes = 99999999999999999999",
        "config.toml(2): server.body_max_bytes is \"99999999999999999999\"; expected an integer from 1024 to")]
    [InlineData("[server]\nbody_max_bytes = -9_999_999_999_999_999_999",
        "config.toml(2): server.body_max_bytes is \"-9_999_999_999_999_999_999\"; expected an integer from 1024 to")]
    [InlineData("[server]\nlisten = 99999999999999999999", "expected a text in quotes (found an integer)")]
    [InlineData("[server]\nlissten = 99999999999999999999", "server.lissten: there is no such setting")]
    [InlineData("[ledger]\ncompression = none",
        "config.toml(2): Unexpected token `none` for a value; expected a text in quotes, a number, true or false.")]
    [InlineData("[server]\ntrusted_proxies = \"10.0.0.1\"",
        "server.trusted_proxies is \"10.0.0.1\"; expected a list of texts")]
    [InlineData("[server]\ntrusted_proxies = [\"nobody\"]",
        "config.toml(2): server.trusted_proxies.0 is \"nobody\"; expected an IP address.")]
    [InlineData("[logging]\nrequests = \"yes\"", "logging.requests is \"yes\"; expected true or false")]
    [InlineData("[logging]\nlevel = \"loud\"", "expected one of debug, information, warning, error")]
    [InlineData("[server]\n\nlissten = \"x\"",
        "config.toml(3): server.lissten: there is no such setting; [server] has listen, ")]
    [InlineData("[srver]\nlisten = \"x\"",
        "srver.listen: there is no such setting; there is no table [srver] either.")]
    [InlineData("[srver]", "srver: there is no such setting; the tables are ")]
    [InlineData("[chain]", "chains, ")]
    [InlineData("[chains]\ndemo = 5", "config.toml(2): chains.demo is \"5\"; expected a table.")]
    [InlineData("[log]\nprefix = \"a\"\nPrefix = \"b\"",
        "config.toml(3): log.Prefix is set in line 2 already; capitals make no other key.")]
    [InlineData("[log]\nprefix = \"a\"\n[Log]\nprefix = \"b\"", "config.toml(4): Log.prefix is set in line 2 already")]
    [InlineData("server = 5", "server: there is no such setting")]
    [InlineData("[chains.Demo]\npublic = true", "[chains.\"Demo\"]: a chain id matches")]
    [InlineData("[chains.\"..\"]", "[chains.\"..\"]: a chain id matches")]
    [InlineData("[chains.demo]\npubic = true",
        "chains.demo.pubic: there is no such setting; [chains.demo] has ")]
    [InlineData("[enclave]\naddress = \"tcp://x\"",
        "enclave.address is \"tcp://x\"; expected in-process, unix:///")]
    [InlineData("[auth]\njwks_file = \"x\"", "[auth] names public_key_file and jwks_file; give exactly one of")]
    [InlineData("[auth]\npublic_key_file = \"\"",
        "[auth] names none; give exactly one of public_key_file, jwks_file and jwks_url")]
    [InlineData("[log]\nkey_file = \"\"", "config.toml(2): log.key_file is \"\"; expected the name of a file.")]
    [InlineData("[enclave]\nsimulated_root_file = \"\"",
        "config.toml(2): enclave.simulated_root_file is \"\"; expected the name of a file.")]
    [InlineData("[enclave]\nsimulated_root_key_file = \"\"",
        "config.toml(2): enclave.simulated_root_key_file is \"\"; expected the name of a file.")]
    [InlineData("[ledger]\npath = \"\"", "config.toml(2): ledger.path is \"\"; expected the name of a folder.")]
    [InlineData("[chain_defaults]\nfinality = \"maybe\"", "expected one of enclave, witnessed")]
    [InlineData("[ledger]\ncompression = \"gzip\"", "ledger.compression is \"gzip\"; expected one of none, lz4, zstd")]
    [InlineData("[log]\nprefix = \"https://x\"", "no slash at either end.")]
    [InlineData("[sequencer]\nlinger_ms = 1001\noutcome_timeout_seconds = 2",
        "config.toml(2): sequencer.linger_ms is \"1001\"; expected at most 1000, half of sequencer.outcome_timeout_")]
    [InlineData("[log]\nkms_key = \"alias/log\"\nkms_interval_ms = 15001",
        "config.toml(3): log.kms_interval_ms is \"15001\"; expected at most 15000, half of sequencer.outcome_timeout_")]
    [InlineData("[kestrel.limits]\nx = 1", "kestrel.limits.x: there is no such setting")]
    [InlineData("[kestrel.endpoints.a]\nprotocols = \"Http2\"", "kestrel.endpoints.a.url is \"\"; expected an address")]
    [InlineData("[kestrel.endpoints.a]\nurl = \"http://a:b@127.0.0.1:1\"", "expected an address such as https://")]
    [InlineData("[kestrel.endpoints.a]\nurl = \"https://a.example:443\"",
        "a.url is \"https://a.example:443\"; expected an address such as https://0.0.0.0:443, of an IP")]
    [InlineData("[kestrel.endpoints.a]\nurl = \"http://0.0.0.0:80/base\"", "expected an address such as https://")]
    [InlineData("[kestrel.endpoints.a]\nurl = \"https://*\"",
        "a.url is \"https://*\"; expected a certificate with it, in [kestrel.endpoints.a.certificate] or ")]
    [InlineData("[kestrel.endpoints.a]\nurl = \"http://*\"\nclientcertificatmode = \"RequireCertificate\"",
        "kestrel.endpoints.a.clientcertificatmode: there is no such setting; [kestrel.endpoints.a] has url")]
    [InlineData("[kestrel.endpoints.a]\nurl = \"http://*\"\nclientcertificatemode = \"Required\"",
        "is \"Required\"; expected one of NoCertificate, AllowCertificate, RequireCertificate, DelayCertificate.")]
    [InlineData("[kestrel.endpoints.a]\nurl = \"http://*\"\nprotocols = \"Http4\"", "expected one of None, Http1, ")]
    [InlineData("[kestrel.endpoints.a]\nurl = \"http://*\"\nsslprotocols = [\"Tls12\", \"Tls14\"]",
        "kestrel.endpoints.a.sslprotocols.1 is \"Tls14\"; expected one of None, ")]
    [InlineData("[kestrel.endpoints.a]\nurl = \"http://*\"\n[kestrel.endpoints.a.certificate]\nkeyfile = \"x\"",
        "kestrel.endpoints.a.certificate.keyfile: there is no such setting")]
    [InlineData("[kestrel.endpoints.a]\nurl = \"http://*\"\n[kestrel.endpoints.a.sni.\"*.x\"]\nprotocol = \"x\"",
        "protocol: there is no such setting")]
    [InlineData("[kestrel.certificates.default]\nfile = \"x\"", "file: there is no such setting")]
    [InlineData("[server]\nlisten = ", "config.toml(2): ")]
    [InlineData("[server]\nlisten = \"\\", "config.toml(2): ")]
    [InlineData("[server]\n[server]", "config.toml(2): ")]
    [InlineData("[[server]]\nlisten = \"x\"", "[[server]] is a list of tables; no setting is.")]
    public void Mistake_IsNamedInOneLine(string toml, string expected)
    {
        var reading = () => Read(toml);
        var message = reading.Should().Throw<SettingsException>().Which.Message;
        message.Should().Contain(expected).And.NotContain("\n").And.NotContain("Parameter");
    }

    [Theory]
    [InlineData("SERVER__TRUSTED_PROXIES__0", "nobody", "server.trusted_proxies.0 is \"nobody\"")]
    [InlineData("CHAINS__demo__PUBLIC", "yes", "chains.demo.public is \"yes\"")]
    public void MistakeInTheEnvironment_IsNamedByItsVariable(string name, string value, string expected)
    {
        // Its own prefix, since the variable is one of this whole process.
        var prefix = $"SEQUENCER_TEST_{Environment.ProcessId}__";
        Environment.SetEnvironmentVariable(prefix + name, value);
        try
        {
            var configuration = new ConfigurationBuilder()
                .Add(new TomlConfigurationSource(TomlFile.Parse("config.toml", "[server]\ntrusted_proxies = []")))
                .AddEnvironmentVariables(prefix).Build();
            var reader = new SettingsReader(configuration, prefix);
            var reading = () =>
            {
                ListenerSettings.Read(reader, "http://127.0.0.1:5000");
                ChainSettings.Read(reader, new Core.SequencerOptions());
            };
            reading.Should().Throw<SettingsException>().Which.Message.Should()
                .StartWith($"environment variable {prefix}{name}: ").And.Contain(expected);
        }
        finally
        {
            Environment.SetEnvironmentVariable(prefix + name, null);
        }
    }

    [Fact]
    public void MissingFiles_AreNamedWithTheirSetting()
    {
        foreach (var key in new[]
        {
            "auth:public_key_file", "log:key_file", "enclave:simulated_root_file",
            "enclave:simulated_root_key_file", "enclave:simulated_witness_policy_file",
        })
        {
            var reading = () => Read((key, "/nowhere/at/all"));
            reading.Should().Throw<SettingsException>().Which.Message.Should()
                .StartWith(key.Replace(':', '.')).And.Contain("/nowhere/at/all does not exist");
        }
    }
}
