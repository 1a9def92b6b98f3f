using Microsoft.Extensions.Logging.Abstractions;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// What <c>sequencer-gateway key</c> runs: the public half of the log key, as witnesses and policies name it.
/// </summary>
internal static class LogKeyPrinter
{
    /// <summary>
    /// Prints the key under the log prefix; then, for a chain, the line by which a policy names that chain's log.
    /// </summary>
    /// <exception cref="SettingsException">When the configuration or the key cannot be read.</exception>
    public static async Task<int> PrintAsync(CommandLine command, TextWriter output)
    {
        // The key alone: whoever asks for it may have neither a ledger nor an enclave yet.
        var reader = new SettingsReader(
            GatewayHost.ReadConfiguration(command.ConfigFile), GatewaySettings.EnvironmentPrefix);
        var settings = LogSettings.Read(reader, ServerSettings.Read(reader));
        using var key = await LogKeys.OpenAsync(settings, NullLoggerFactory.Instance);
        await output.WriteLineAsync($"{Named(settings.Prefix)}");
        if (command.Chain is { } chain)
            await output.WriteLineAsync($"log {Named(Origin.For(settings.Prefix, chain))}");
        return ExitCodes.Stopped;

        VerifierKey Named(string name) =>
            VerifierKey.Create(name, SignatureType.Ed25519, key.PublicKey.Span);
    }
}
