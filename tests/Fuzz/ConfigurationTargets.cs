using System.Text;
using Sequencer.Enclave;
using Sequencer.Hosting;

namespace Sequencer.Fuzz;

/// <summary>Configuration files.</summary>
internal static class ConfigurationTargets
{
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
            "enclave-configuration", [Resource.Bytes("enclave.json")],
            bytes => EnclaveConfiguration.Parse(bytes), exception => exception is FormatException),
    ];
}
