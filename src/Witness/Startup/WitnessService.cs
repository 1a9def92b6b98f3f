namespace Sequencer.Witness;

/// <summary>Everything below HTTP: key, state, memory, and the connections to the logs.</summary>
internal sealed class WitnessService : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);

    private const int ConnectionsPerLogMax = 4;
    private const int HeadersMaxKiB = 16;

    private readonly StateStore _state;
    private readonly WitnessedLogs _logs;
    private readonly HttpMessageInvoker _http;

    private WitnessService(
        WitnessKey key, StateStore state, WitnessedLogs logs, HttpMessageInvoker http, CheckpointWitness witness)
    {
        (Key, Witness) = (key, witness);
        (_state, _logs, _http) = (state, logs, http);
    }

    public WitnessKey Key { get; }

    public CheckpointWitness Witness { get; }

    /// <summary>How many logs the state has.</summary>
    public int LogCount => _logs.Count;

    /// <summary>Reads the state.</summary>
    /// <param name="key">The caller's, and disposed by it after this service; as are the files.</param>
    /// <exception cref="StateException">When it cannot be used.</exception>
    public static WitnessService Start(
        LogRules rules, WitnessKey key, IStateFiles files, bool initialise, TimeProvider time, ILoggerFactory loggers)
    {
        var state = StateStore.Open(files, key, initialise);
        var logs = new WitnessedLogs(rules, state.ReadAll());
        var http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = ConnectionsPerLogMax,
            MaxResponseHeadersLength = HeadersMaxKiB,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = ConnectionLifetime,
        });
        var enclaves = new EnclaveWord(
            new EpochSource(http, new FetchBudget(time), time), loggers.CreateLogger<EnclaveWord>());
        return new WitnessService(key, state, logs, http, new CheckpointWitness(
            rules, logs, state, enclaves, key, time, loggers.CreateLogger<CheckpointWitness>()));
    }

    public async ValueTask DisposeAsync()
    {
        await _state.DisposeAsync();
        _http.Dispose();
        _logs.Dispose();
    }
}
