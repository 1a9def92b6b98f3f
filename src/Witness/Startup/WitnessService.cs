namespace Sequencer.Witness;

/// <summary>Everything below HTTP: the key, the state, and what is in memory of it.</summary>
internal sealed class WitnessService : IAsyncDisposable
{
    private readonly StateStore _state;
    private readonly WitnessedLogs _logs;

    private WitnessService(
        WitnessKey key, StateStore state, WitnessedLogs logs, CheckpointWitness witness)
    {
        (Key, Witness) = (key, witness);
        (_state, _logs) = (state, logs);
    }

    public WitnessKey Key { get; }

    public CheckpointWitness Witness { get; }

    /// <summary>How many logs the state has.</summary>
    public int LogCount => _logs.Count;

    /// <summary>
    /// Reads the state. What is given stays the caller's, and is disposed after this service.
    /// </summary>
    /// <param name="http">Connections to the logs; see <see cref="LogConnections"/>.</param>
    /// <exception cref="StateException">When it cannot be used.</exception>
    public static WitnessService Start(
        LogRules rules, WitnessKey key, IStateFiles files, bool initialise, HttpMessageInvoker http,
        TimeProvider time, ILoggerFactory loggers)
    {
        var state = StateStore.Open(files, key, initialise);
        var logs = new WitnessedLogs(rules, state.ReadAll());
        var enclaves = new EnclaveWord(
            new EpochSource(http, new FetchBudget(time), time), loggers.CreateLogger<EnclaveWord>());
        return new WitnessService(key, state, logs, new CheckpointWitness(
            rules, logs, state, enclaves, key, time, loggers.CreateLogger<CheckpointWitness>()));
    }

    public async ValueTask DisposeAsync()
    {
        await _state.DisposeAsync();
        _logs.Dispose();
    }
}
