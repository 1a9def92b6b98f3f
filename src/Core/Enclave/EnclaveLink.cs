using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// The way to the enclave: the session with the write role, and one that only reads, so that attestation
/// never waits behind appends. Every connection takes a new generation, durable before it is offered.
/// </summary>
internal sealed class EnclaveLink(
    ILedger ledger, IEnclaveTransport transport, SequencerOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private volatile EnclaveSession? _writer;
    private volatile EnclaveSession? _reader;
    private volatile EnclaveEpoch? _epoch;

    /// <summary>The epoch of the last connection; null before the first.</summary>
    public EnclaveEpoch? Epoch => _epoch;

    /// <summary>Whether requests can be sent.</summary>
    public bool IsOpen => _writer is { IsOpen: true };

    /// <summary>Completes when the session breaks; at once where there is none.</summary>
    public Task Ended => _writer?.Ended ?? Task.CompletedTask;

    /// <summary>Connects with the write role and learns the epoch; an epoch never seen is recorded.</summary>
    /// <exception cref="EnclaveFencedException">When a newer session holds the write role.</exception>
    /// <exception cref="IOException">When the enclave cannot be reached.</exception>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        if (_writer is { } old)
            await old.DisposeAsync();
        var generation = ledger.Generation + 1;
        if (options.TakeOver)
            generation = Math.Max(generation, (ulong)time.GetUtcNow().ToUnixTimeMilliseconds());
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

        _writer = session;
        _epoch = await LearnEpochAsync(session, cancellation);
    }

    /// <summary>Sends a request of the write role.</summary>
    /// <exception cref="IOException">When there is no session, or it broke: the outcome is unknown.</exception>
    public async Task<TReply> SendAsync<TReply>(EnclaveRequest request, CancellationToken cancellation)
        where TReply : EnclaveReply
    {
        var session = _writer ?? throw new IOException("There is no session with the enclave.");
        try
        {
            return await session.SendAsync<TReply>(request, cancellation);
        }
        catch (EnclaveRefusedException exception)
            when (exception.Refusal.Reason == EnclaveRefusalReason.Fenced)
        {
            throw new EnclaveFencedException(exception.Refusal.Detail, exception);
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
        if (_writer is { } writer)
            await writer.DisposeAsync();
        if (_reader is { } reader)
            await reader.DisposeAsync();
        _connecting.Dispose();
    }

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
            return _reader = await EnclaveSession.OpenAsync(transport, generation: null, time, cancellation);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task<EnclaveEpoch> LearnEpochAsync(EnclaveSession session, CancellationToken cancellation)
    {
        var describe = await session.SendAsync<DescribeReply>(new DescribeRequest(), cancellation);
        if (describe.LogPrefix != options.LogPrefix)
        {
            throw new EnclaveMismatchException(
                $"The enclave's measured log prefix is '{describe.LogPrefix}', but sequencer.log_prefix is "
                + $"'{options.LogPrefix}'. Set them alike.");
        }

        var cosigner = VerifierKey.Create(
            describe.Cosigner, SignatureType.CosignatureEd25519, describe.PublicKey.Span);
        var known = ledger.Epochs();
        if (known.FirstOrDefault(epoch => epoch.CosignerKey == cosigner.ToString()) is { } same)
            return new EnclaveEpoch(same.Number, cosigner, same.Document, describe.Mode);

        var document = await session.SendAsync<AttestReply>(new AttestRequest(Nonce: null), cancellation);
        var record = new EpochRecord((uint)known.Count + 1, cosigner.ToString(), document.Document);
        var batch = new LedgerBatch();
        batch.Epochs.Add(record);
        await ledger.WriteAsync(batch, sync: true);
        return new EnclaveEpoch(record.Number, cosigner, record.Document, describe.Mode);
    }
}
