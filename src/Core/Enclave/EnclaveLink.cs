using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// The way to the enclave: the connection with the write role, and a session that only reads, so that
/// attestation never waits behind appends. Every connection takes a new generation, durable before it is
/// offered. One task keeps it connected; everyone may ask for the connection.
/// </summary>
internal sealed class EnclaveLink(
    ILedger ledger, SequencerOptions options, CoreDependencies dependencies) : IAsyncDisposable
{
    private static readonly TimeSpan ReconnectDelayMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReconnectDelayMax = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = dependencies.Time;
    private readonly TaskCompletionSource<bool> _reached =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly SemaphoreSlim _openingReader = new(1, 1);
    private volatile EnclaveConnection? _connection;
    private volatile EnclaveSession? _reader;
    private volatile bool _isClosed;
    private volatile TaskCompletionSource _writerConnected = Signal.New();

    /// <summary>The connection, which may have broken; null before the first.</summary>
    public EnclaveConnection? Connection => _connection;

    /// <summary>Tells that the enclave was reached once; false when that was given up before.</summary>
    public Task<bool> Reached => _reached.Task;

    /// <summary>Reaches the enclave, and again whenever it was lost; runs until cancelled.</summary>
    /// <exception cref="EnclaveFencedException">When a newer session holds the write role.</exception>
    /// <exception cref="EnclaveMismatchException">When it is not the enclave that is configured.</exception>
    /// <exception cref="LedgerException">When the ledger must be opened anew.</exception>
    public async Task KeepConnectedAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var connection = await ReachAsync(cancellation);
                _reached.TrySetResult(true);
                await connection.WaitEndedAsync(cancellation);
            }
        }
        finally
        {
            _reached.TrySetResult(false);
        }
    }

    /// <summary>The open connection, as soon as there is one.</summary>
    public async ValueTask<EnclaveConnection> WhenConnectedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var connected = _writerConnected;
            if (_connection is { IsOpen: true } open)
                return open;
            // The signal may be cancelled for all: nobody waits for it in another life than this link's.
            await connected.WaitAsync(cancellation);
        }
    }

    /// <summary>Fetches an attestation document over the reading session.</summary>
    public async Task<byte[]> AttestAsync(ReadOnlyMemory<byte>? nonce, CancellationToken cancellation)
    {
        var session = await ReaderAsync(cancellation);
        var reply = await session.SendAsync<AttestReply>(new AttestRequest(nonce), cancellation);
        return reply.Document.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        if (_connection is { } connection)
            await connection.DisposeAsync();
        if (_reader is { } reader)
            await reader.DisposeAsync();
    }

    private async Task<EnclaveConnection> ReachAsync(CancellationToken cancellation)
    {
        var pauses = new Backoff(ReconnectDelayMin, ReconnectDelayMax);
        var outage = new Outage(_time);
        while (true)
        {
            try
            {
                var connection = await ConnectAsync(cancellation);
                var epoch = connection.Epoch;
                SequencerCore.LogConnected(
                    dependencies.Logger, epoch.Cosigner.ToString(), epoch.Mode, epoch.Number);
                return connection;
            }
            catch (IOException exception)
            {
                if (outage.IsNews(exception.Message))
                    SequencerCore.LogEnclaveUnreachable(dependencies.Logger, outage.Seconds, exception.Message);
            }

            await Task.Delay(pauses.Next(), _time, cancellation);
        }
    }

    /// <summary>Connects with the write role and learns the epoch; an epoch never seen is recorded.</summary>
    /// <exception cref="EnclaveFencedException">When a newer session holds the write role.</exception>
    /// <exception cref="IOException">When the enclave cannot be reached.</exception>
    private async Task<EnclaveConnection> ConnectAsync(CancellationToken cancellation)
    {
        if (_connection is { } old)
            await old.DisposeAsync();
        var generation = ledger.Generation + 1;
        await ledger.WriteAsync(new LedgerBatch { Generation = generation }, sync: true);
        EnclaveSession session;
        try
        {
            session = await EnclaveSession.OpenAsync(
                dependencies.Enclave, generation, _time, cancellation);
        }
        catch (EnclaveRefusedException exception)
            when (exception.Refusal.Reason == EnclaveRefusalReason.Fenced)
        {
            throw new EnclaveFencedException(exception.Refusal.Detail, exception);
        }

        try
        {
            var connection = new EnclaveConnection(
                session, await LearnEpochAsync(session, cancellation), _time, dependencies.Metrics);
            _connection = connection;
            Interlocked.Exchange(ref _writerConnected, Signal.New()).TrySetResult();
            return connection;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private async Task<EnclaveSession> ReaderAsync(CancellationToken cancellation)
    {
        if (_reader is { IsOpen: true } open)
            return open;
        await _openingReader.WaitAsync(cancellation);
        try
        {
            if (_reader is { IsOpen: true } opened)
                return opened;
            if (_reader is { } broken)
                await broken.DisposeAsync();
            var session = await EnclaveSession.OpenAsync(
                dependencies.Enclave, generation: null, _time, cancellation);
            _reader = session;
            if (!_isClosed)
                return session;
            // Closed meanwhile, without a look at this one.
            await session.DisposeAsync();
            throw new IOException("The sequencer no longer uses this way to the enclave.");
        }
        finally
        {
            _openingReader.Release();
        }
    }

    private async Task<EnclaveEpoch> LearnEpochAsync(EnclaveSession session, CancellationToken cancellation)
    {
        var describe = await EnclaveConnection.SendAsync<DescribeReply>(session, new DescribeRequest(), cancellation);
        if (describe.LogPrefix != options.LogPrefix)
        {
            throw new EnclaveMismatchException(
                $"The enclave's measured log prefix is '{describe.LogPrefix}', but log.prefix is "
                + $"'{options.LogPrefix}'. Set them alike.");
        }

        var cosigner = VerifierKey.Create(
            describe.Cosigner, SignatureType.CosignatureEd25519, describe.PublicKey.Span);
        var demanded = MeasuredWitnesses.Of(describe, dependencies.Witnesses);
        var known = ledger.Epochs();
        if (known.FirstOrDefault(epoch => epoch.CosignerKey == cosigner.ToString()) is { } same)
            return new EnclaveEpoch(same.Number, cosigner, describe.Mode, demanded);

        var document = await EnclaveConnection.SendAsync<AttestReply>(
            session, new AttestRequest(Nonce: null), cancellation);
        var record = new EpochRecord((uint)known.Count + 1, cosigner.ToString(), document.Document);
        var batch = new LedgerBatch();
        batch.Epochs.Add(record);
        await ledger.WriteAsync(batch, sync: true);
        return new EnclaveEpoch(record.Number, cosigner, describe.Mode, demanded);
    }
}
