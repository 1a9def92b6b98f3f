using Sequencer.Core;
using Sequencer.Protocol;

namespace Sequencer.Gateway;

/// <summary>
/// Everything below HTTP: the enclave where it runs in this process, the log key, the sequencer.
/// </summary>
internal sealed class SequencerService : IAsyncDisposable
{
    private readonly InProcessEnclave? _enclave;
    private readonly ICheckpointSigner _logKey;
    private readonly Witnesses? _witnesses;
    private readonly CoreMetrics _metrics;

    private SequencerService(
        SequencerCore core, LogIdentity identity, InProcessEnclave? enclave, ICheckpointSigner logKey,
        Witnesses? witnesses, CoreMetrics metrics)
    {
        (Core, Identity) = (core, identity);
        (_enclave, _logKey, _witnesses, _metrics) = (enclave, logKey, witnesses, metrics);
    }

    public SequencerCore Core { get; }

    public LogIdentity Identity { get; }

    /// <summary>Opens the ledger and begins to reach the enclave.</summary>
    /// <exception cref="SettingsException">When ledger, key or simulated root cannot be used, or the
    /// ledger's chains are published under another name or key.</exception>
    /// <exception cref="EnclaveFencedException">When this gateway was fenced earlier.</exception>
    public static async Task<SequencerService> StartAsync(
        GatewaySettings settings, ILedgerSource ledger, ILoggerFactory loggers)
    {
        var logKey = await LogKeys.OpenAsync(settings.Log, loggers);
        var metrics = new CoreMetrics();
        var enclave = settings.Enclave.Address is EnclaveEndpoint.InProcess
            ? InProcessEnclave.Start(settings, loggers.CreateLogger<InProcessEnclave>())
            : null;
        var witnesses = Witnesses.Open(settings.Witnesses);
        var core = await StartCoreAsync(settings, new CoreDependencies
        {
            Ledger = new RememberedLog(
                ledger, settings.Log, logKey.PublicKey, loggers.CreateLogger<RememberedLog>()),
            Enclave = enclave?.Transport ?? Connect(settings.Enclave.Address),
            LogKey = logKey,
            Witnesses = witnesses?.Network,
            Logger = loggers.CreateLogger<SequencerCore>(),
            Metrics = metrics,
            SetExtraThreads = PoolThreads.Extra(),
        });
        // What runs in this process answers at once: the first caller need not see it start.
        if (enclave is not null)
            await WhenReadyAsync(core);
        return new SequencerService(
            core, new LogIdentity(settings.Log.Prefix, logKey.PublicKey), enclave, logKey, witnesses,
            metrics);
    }

    public async ValueTask DisposeAsync()
    {
        await Core.DisposeAsync();
        if (_enclave is not null)
            await _enclave.DisposeAsync();
        _witnesses?.Dispose();
        _logKey.Dispose();
        _metrics.Dispose();
    }

    private static async Task WhenReadyAsync(SequencerCore core)
    {
        try
        {
            await core.WhenReadyAsync(CancellationToken.None);
        }
        catch (EnclaveMismatchException mismatch)
        {
            throw new SettingsException($"enclave.address (in-process): {mismatch.Message}");
        }
    }

    private static IEnclaveTransport Connect(EnclaveEndpoint address)
    {
        try
        {
            return EnclaveTransports.Connect(address, TimeProvider.System);
        }
        catch (FormatException unusable)
        {
            throw new SettingsException($"enclave.address: {unusable.Message}");
        }
    }

    private static async Task<SequencerCore> StartCoreAsync(
        GatewaySettings settings, CoreDependencies dependencies)
    {
        try
        {
            return await SequencerCore.StartAsync(settings.Sequencer, dependencies, CancellationToken.None);
        }
        catch (LedgerException unusable)
        {
            throw new SettingsException($"ledger.path: {unusable.Message}");
        }
    }
}
