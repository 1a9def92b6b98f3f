using System.Text;
using Sequencer.Enclave;
using Sequencer.Hosting;

namespace Sequencer.Fuzz;

/// <summary>Configuration files.</summary>
internal static class ConfigurationTargets
{
    private static readonly byte[] Witnessed =
        """
        {"log_prefix": "x/log", "witnessed_chains": ["demo"], "witness_clock_ahead_seconds": 3, "witness_policy":
        ["witness w witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU", "quorum w"]}
        """u8.ToArray();

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new(
            "configuration",
            [Resource.Bytes("sample.toml"), "[a]\nb = [1, 'c']\n[a.\"d e\"]\nf = true\n"u8.ToArray()],
            bytes => TomlFile.Parse("config.toml", Encoding.UTF8.GetString(bytes)),
            exception => exception is SettingsException)
        {
            // The TOML library keeps a syntax tree with every token.
            FixedBytesMax = 1_000_000,
            BytesMaxPerByte = 2_000,
        },
        new(
            "enclave-configuration", [Resource.Bytes("enclave.json"), Witnessed],
            bytes => EnclaveConfiguration.Parse(bytes), exception => exception is FormatException),
    ];
}
