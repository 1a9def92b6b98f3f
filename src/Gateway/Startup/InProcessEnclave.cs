using Sequencer.Enclave;
using Sequencer.Protocol;
using Sequencer.Simulation;

namespace Sequencer.Gateway;

/// <summary>
/// The enclave's own code and protocol in this process, with a simulated security module: for development.
/// What it signs is worth as much as this machine, and its attestation documents say so.
/// </summary>
internal sealed partial class InProcessEnclave : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PipeTransport _transport = new();
    private readonly SimulatedRoot _root;
    private readonly EnclaveMachine _machine;
    private readonly ILogger _logger;
    private readonly Task _serving;

    private InProcessEnclave(SimulatedRoot root, EnclaveConfiguration configuration, ILogger logger)
    {
        _root = root;
        _logger = logger;
        _machine = new EnclaveMachine(
            configuration, new SimulatedNsm(root, TimeProvider.System), root.Trusted, TimeProvider.System);
        var server = new EnclaveServer(_machine, _transport, TimeProvider.System, LogSession);
        _serving = server.RunAsync(
            TimeSpan.FromSeconds(configuration.AnchorIntervalSeconds), _stopping.Token);
    }

    public IEnclaveTransport Transport => _transport;

    /// <exception cref="SettingsException">When the simulated root or the witness policy cannot be used.
    /// </exception>
    public static InProcessEnclave Start(GatewaySettings settings, ILogger<InProcessEnclave> logger)
    {
        var configuration = new EnclaveConfiguration
        {
            LogPrefix = settings.Log.Prefix,
            ChainsMax = settings.Sequencer.MaxChains,
            Witnesses = ReadWitnesses(settings.Enclave),
        };
        try
        {
            var root = SimulatedRoot.Load(
                settings.Enclave.SimulatedRootFile, settings.Enclave.SimulatedRootKeyFile);
            return new InProcessEnclave(root, configuration, logger);
        }
        catch (Exception unusable)
            when (unusable is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"enclave.simulated_root_file: {unusable.Message}");
        }
    }

    /// <summary>What an image would have measured.</summary>
    private static WitnessDemand? ReadWitnesses(EnclaveSettings settings)
    {
        if (settings.SimulatedWitnessPolicyFile.Length == 0)
        {
            return settings.SimulatedWitnessedChains.Count == 0
                ? null
                : throw new SettingsException(
                    "enclave.simulated_witnessed_chains needs enclave.simulated_witness_policy_file.");
        }

        try
        {
            var policy = File.ReadAllText(settings.SimulatedWitnessPolicyFile);
            return WitnessDemand.Parse(policy, settings.SimulatedWitnessedChains);
        }
        catch (Exception unusable)
            when (unusable is FormatException or IOException or UnauthorizedAccessException)
        {
            var file = settings.SimulatedWitnessPolicyFile;
            throw new SettingsException(
                $"enclave.simulated_witness_policy_file {file}: {unusable.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _transport.DisposeAsync();
        await _serving;
        _machine.Dispose();
        _root.Dispose();
        _stopping.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "Simulated enclave: {Report}")]
    private partial void LogSession(string report);
}
