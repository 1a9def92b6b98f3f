using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// The whole configuration, read once before anything is built. setup/sample.toml explains every key.
/// </summary>
internal sealed record GatewaySettings
{
    public required ServerSettings Server { get; init; }

    public required AuthSettings Auth { get; init; }

    public required LogSettings Log { get; init; }

    public required EnclaveSettings Enclave { get; init; }

    public required LedgerSettings Ledger { get; init; }

    public required SequencerOptions Sequencer { get; init; }

    public required ChainSettings Chains { get; init; }

    public required WitnessSettings Witnesses { get; init; }

    public required ReadSettings Reads { get; init; }

    public required FeedSettings Feed { get; init; }

    public required LoggingSettings Logging { get; init; }

    /// <summary>What the names of overriding environment variables start with.</summary>
    public const string EnvironmentPrefix = "SEQUENCER__";

    /// <exception cref="SettingsException">Naming the first setting that is wrong.</exception>
    public static GatewaySettings Read(IConfigurationRoot configuration)
    {
        var reader = new SettingsReader(configuration, EnvironmentPrefix);
        var server = ServerSettings.Read(reader);
        var log = LogSettings.Read(reader, server);
        var sequencer = SequencerSettings.Read(reader, log);
        var chains = ChainSettings.Read(reader, sequencer);
        var settings = new GatewaySettings
        {
            Server = server,
            Log = log,
            Auth = AuthSettings.Read(reader),
            Enclave = EnclaveSettings.Read(reader),
            Ledger = LedgerSettings.Read(reader),
            Sequencer = sequencer,
            Chains = chains,
            Witnesses = WitnessSettings.Read(reader, sequencer),
            Reads = ReadSettings.Read(reader),
            Feed = FeedSettings.Read(reader),
            Logging = LoggingSettings.Read(reader),
        };
        EndpointSettings.Check(reader);
        // Of the same file, for another program.
        reader.Leave("iac");
        reader.RefuseUnknown();
        return settings;
    }
}
