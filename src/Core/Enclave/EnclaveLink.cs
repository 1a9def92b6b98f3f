using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// The way to the enclave: the connection with the write role, and a session that only reads, so that
/// attestation never waits behind appends. Every connection takes a new generation, durable before it is
/// offered. One task keeps it connected; everyone may ask for the connection.
/// </summary>
internal sealed class EnclaveLink(
    ILedger ledger, IEnclaveTransport transport, SequencerOptions options, WitnessNetwork? witnesses,
    TimeProvider time, CoreMetrics metrics) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private volatile EnclaveConnection? _connection;
    private volatile EnclaveSession? _reader;
    private volatile bool _isClosed;
    private volatile TaskCompletionSource _connected = NewSignal();

    /// <summary>The connection, which may have broken; null before the first.</summary>
    public EnclaveConnection? Connection => _connection;

    /// <summary>Connects with the write role and learns the epoch; an epoch never seen is recorded.</summary>
    /// <exception cref="EnclaveFencedException">When a newer session holds the write role.</exception>
    /// <exception cref="IOException">When the enclave cannot be reached.</exception>
    public async Task<EnclaveConnection> ConnectAsync(CancellationToken cancellation)
    {
        if (_connection is { } old)
            await old.DisposeAsync();
        var generation = ledger.Generation + 1;
        await ledger.WriteAsync(new LedgerBatch { Generation = generation }, sync: true);
        EnclaveSession session;
        try
        {
            session = await EnclaveSession.OpenAsync(transport, generation, time, cancellation);
        }
        catch (EnclaveRefusedException exception)
            when (exception.Refusal.Reason == EnclaveRefusalReason.Fenced)
        {
            throw new EnclaveFencedException(exception.Refusal.Detail, exception);
        }

        try
        {
            var connection = new EnclaveConnection(
                session, await LearnEpochAsync(session, cancellation), time, metrics);
            _connection = connection;
            Interlocked.Exchange(ref _connected, NewSignal()).TrySetResult();
            return connection;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>The open connection, as soon as there is one.</summary>
    public async ValueTask<EnclaveConnection> WhenConnectedAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var connected = _connected;
            if (_connection is { IsOpen: true } open)
                return open;
            // The signal itself is cancelled: nobody waits for it in another life than this link's.
            await using var stop = cancellation.UnsafeRegister(
                static (signal, token) => ((TaskCompletionSource)signal!).TrySetCanceled(token), connected);
            await connected.Task;
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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<EnclaveSession> ReaderAsync(CancellationToken cancellation)
    {
        if (_reader is { IsOpen: true } open)
            return open;
        await _connecting.WaitAsync(cancellation);
        try
        {
            if (_reader is { IsOpen: true } opened)
                return opened;
            if (_reader is { } broken)
                await broken.DisposeAsync();
            var session = await EnclaveSession.OpenAsync(transport, generation: null, time, cancellation);
            _reader = session;
            if (!_isClosed)
                return session;
            // Closed meanwhile, without a look at this one.
            await session.DisposeAsync();
            throw new IOException("The sequencer no longer uses this way to the enclave.");
        }
        finally
        {
            _connecting.Release();
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
        var demanded = MeasuredWitnesses.Of(describe, witnesses);
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
