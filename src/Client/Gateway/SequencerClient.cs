using System.Globalization;
using System.Security.Cryptography;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Talks to one gateway on behalf of one chain. Passing failures are retried; every submission carries an
/// idempotency key, so that a retry after a lost answer gets the same index. Answers are checked against what
/// was asked, but trusted for nothing else: that is <see cref="ReceiptVerifier"/>'s part. Safe for concurrent
/// use.
/// </summary>
public sealed class SequencerClient
{
    /// <summary>Most transactions whose receipts one batch answer may bring.</summary>
    public const int BatchEntriesMax = 10_000;

    private const int TransactionAnswerBytesMax = 1 << 20;
    private const int BatchAnswerBytesMax = 64 << 20;
    private const int EpochsAnswerBytesMax = 64 << 20;
    private const int AttestationBytesMax = 1 << 16;
    private const int IdempotencyKeyBytes = 16;
    private const int IdempotencyKeyLengthMax = 64;

    private readonly GatewayTransport _transport;

    /// <param name="http">Carries the requests; its base address is the gateway's, and ends in a
    /// slash.</param>
    /// <param name="options">The token and the limits of retrying, as they are now.</param>
    /// <param name="time">The clock that retries go by; the system's when null.</param>
    /// <exception cref="ArgumentException">When the base address is missing.</exception>
    public SequencerClient(HttpClient http, SequencerClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        if (http.BaseAddress is not { IsAbsoluteUri: true })
            throw new ArgumentException("The gateway's address must be the base address.", nameof(http));
        _transport = new GatewayTransport(http, options.Copy(), time ?? TimeProvider.System);
    }

    internal GatewayTransport Transport => _transport;

    /// <summary>Submits one transaction and returns once its place is final.</summary>
    /// <param name="transaction">1 to 65,535 bytes.</param>
    /// <param name="idempotencyKey">
    /// 1 to 64 visible ASCII characters; null makes a random one. Give the one of an earlier
    /// <see cref="SequencerClientError.OutcomeUnknown"/> to settle that submission. Whoever may cancel gives
    /// one of his own (<see cref="NewIdempotencyKey"/>): a cancelled submission may have its place.
    /// </param>
    /// <param name="finality">
    /// What to wait for; null for what is the chain's default. Where witnesses are waited for and the service has
    /// none, the transaction has its place and this fails with <see cref="SequencerClientError.BadAnswer"/>.
    /// </param>
    /// <exception cref="SequencerClientException">When it was refused, or no answer could be had.</exception>
    public async Task<SequencedTransaction> SubmitAsync(
        ReadOnlyMemory<byte> transaction, string? idempotencyKey = null, AwaitedFinality? finality = null,
        CancellationToken cancellation = default)
    {
        idempotencyKey = CheckedKey(idempotencyKey) ?? NewIdempotencyKey();
        var body = await _transport.SendAsync(new GatewayRequest
        {
            Method = HttpMethod.Post,
            Path = "sequence",
            Body = transaction,
            ContentType = "application/octet-stream",
            Accept = "application/json",
            IdempotencyKey = idempotencyKey,
            Finality = finality,
            AnswerBytesMax = TransactionAnswerBytesMax,
        }, cancellation).ConfigureAwait(false);
        return Submitted(idempotencyKey, () =>
        {
            var answer = GatewayJson.Read(body, GatewayJson.Default.TransactionAnswer);
            return Sequenced(answer, answer.CreatedAt, transaction);
        });
    }

    /// <summary>Submits many transactions that take consecutive indices, all or none.</summary>
    /// <returns>One for each transaction, in order.</returns>
    /// <inheritdoc cref="SubmitAsync" path="/param[@name='finality']"/>
    /// <exception cref="SequencerClientException">
    /// When they were refused, or no answer could be had.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// When there are none, or more than <see cref="BatchEntriesMax"/>.
    /// </exception>
    public async Task<IReadOnlyList<SequencedTransaction>> SubmitBatchAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> transactions, string? idempotencyKey = null,
        AwaitedFinality? finality = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        if (transactions.Count is 0 or > BatchEntriesMax)
        {
            throw new ArgumentException(
                $"A batch has 1 to {BatchEntriesMax} transactions; got {transactions.Count}.",
                nameof(transactions));
        }

        idempotencyKey = CheckedKey(idempotencyKey) ?? NewIdempotencyKey();
        var body = await _transport.SendAsync(new GatewayRequest
        {
            Method = HttpMethod.Post,
            Path = "sequence/batch?receipts=true",
            Body = BatchLines.Write(transactions),
            ContentType = BatchLines.ContentType,
            Accept = BatchLines.ContentType,
            IdempotencyKey = idempotencyKey,
            Finality = finality,
            AnswerBytesMax = BatchAnswerBytesMax,
        }, cancellation).ConfigureAwait(false);
        return Submitted(idempotencyKey, () =>
        {
            var (batch, lines) = BatchLines.Read(body, transactions.Count);
            return (IReadOnlyList<SequencedTransaction>)[.. lines.Select((line, offset) =>
                line.Idx == batch.FirstIdx + (ulong)offset
                    ? Sequenced(line, batch.CreatedAt, transactions[offset])
                    : throw GatewayJson.BadAnswer($"index {line.Idx} is not the next one"))];
        });
    }

    /// <summary>
    /// Fetches a transaction of the token's chain with a receipt against the newest checkpoint.
    /// </summary>
    /// <param name="index">Zero-based place in the chain.</param>
    /// <param name="bundle">Whether the receipt shall carry the enclave's attestation document.</param>
    /// <returns>The transaction, or null when the chain has no such index.</returns>
    /// <exception cref="SequencerClientException">When it was refused, or no answer could be had.</exception>
    public async Task<SequencedTransaction?> FindAsync(
        ulong index, bool bundle = false, CancellationToken cancellation = default)
    {
        var body = await _transport.FindAsync(new GatewayRequest
        {
            Path = string.Create(CultureInfo.InvariantCulture,
                $"sequence/{index}?form=base64{(bundle ? "&bundle=true" : "")}"),
            Accept = "application/json",
            AnswerBytesMax = TransactionAnswerBytesMax,
        }, cancellation).ConfigureAwait(false);
        if (body is null)
            return null;
        var answer = GatewayJson.Read(body, GatewayJson.Default.TransactionAnswer);
        if (answer.Idx != index)
            throw GatewayJson.BadAnswer($"it is about index {answer.Idx}; asked was {index}");
        var data = answer.DataBase64 ?? throw GatewayJson.BadAnswer("data_base64 is missing");
        return Sequenced(answer, answer.CreatedAt, data);
    }

    /// <summary>Fetches who has signed a chain since it began; null when there is no such chain.</summary>
    /// <exception cref="SequencerClientException">When it was refused, or no answer could be had.</exception>
    public async Task<LogEpochs?> FindEpochsAsync(ChainId chain, CancellationToken cancellation = default)
    {
        var body = await _transport.FindAsync(new GatewayRequest
        {
            Path = $"log/{chain}/epochs",
            Accept = "application/json",
            AnswerBytesMax = EpochsAnswerBytesMax,
        }, cancellation).ConfigureAwait(false);
        return body is null ? null : GatewayJson.Read(body, GatewayJson.Default.EpochsAnswer).ToEpochs();
    }

    /// <summary>
    /// Makes a bundle of a receipt with the document that the gateway keeps of the enclave that cosigned it.
    /// </summary>
    /// <exception cref="SequencerClientException">
    /// When it was refused, or no such document could be had.
    /// </exception>
    public async Task<string> BundleAsync(string receipt, CancellationToken cancellation = default)
    {
        try
        {
            var origin = ParsedCheckpoint.Parse(TlogProof.Parse(receipt).Checkpoint).Checkpoint.Origin;
            if (!ChainId.TryParse(origin[(origin.LastIndexOf('/') + 1)..], out var chain))
                throw GatewayJson.BadAnswer($"the receipt's log, {origin}, does not end in a chain id");
            var epochs = await FindEpochsAsync(chain, cancellation).ConfigureAwait(false);
            return (epochs is null ? null : Bundle.Create(receipt, epochs))
                ?? throw GatewayJson.BadAnswer($"none of the epochs of {origin} cosigned the receipt");
        }
        catch (TlogException malformed)
        {
            throw GatewayJson.BadAnswer(malformed.Message, malformed);
        }
    }

    /// <summary>Fetches an attestation document of the running enclave, COSE_Sign1 bytes.</summary>
    /// <param name="nonce">At most 512 bytes that the document must then carry; null takes any recent
    /// document.</param>
    /// <exception cref="SequencerClientException">When it was refused, or no answer could be had.</exception>
    public Task<byte[]> GetAttestationAsync(
        ReadOnlyMemory<byte>? nonce = null, CancellationToken cancellation = default) =>
        _transport.SendAsync(new GatewayRequest
        {
            Path = nonce is { } bytes
                ? $"attestation?nonce={Convert.ToHexStringLower(bytes.Span)}"
                : "attestation",
            AnswerBytesMax = AttestationBytesMax,
        }, cancellation);

    /// <summary>A reader of a chain's log as the gateway publishes it (C2SP tlog-tiles).</summary>
    public LogReader ReadLog(ChainId chain) => new(_transport, chain);

    /// <summary>Whether a text can be an idempotency key: 1 to 64 visible ASCII characters.</summary>
    public static bool IsIdempotencyKey(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= IdempotencyKeyLengthMax
            && text.All(letter => letter is > ' ' and < '\u007f');
    }

    /// <summary>A random key, for a caller who wants to know it before the submission is on its way.</summary>
    public static string NewIdempotencyKey() =>
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdempotencyKeyBytes));

    private static string? CheckedKey(string? key) => key is null || IsIdempotencyKey(key)
        ? key
        : throw new ArgumentException("An idempotency key is 1 to 64 visible ASCII characters.", nameof(key));

    /// <summary>
    /// Reads the answer to a submission; when it cannot be used, the submission stands all the same.
    /// </summary>
    private static T Submitted<T>(string idempotencyKey, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SequencerClientException unusable)
        {
            throw new SequencerClientException(unusable.Error, unusable.Message, unusable)
            {
                IdempotencyKey = idempotencyKey,
            };
        }
    }

    private static SequencedTransaction Sequenced(
        TransactionAnswer answer, DateTimeOffset? createdAt, ReadOnlyMemory<byte> data)
    {
        AnswerCheck.Covers(answer.Attestation, answer.Idx, data.Span);
        return new()
        {
            Index = answer.Idx,
            Receipt = answer.Attestation,
            CreatedAt = createdAt ?? throw GatewayJson.BadAnswer("created_at is missing"),
            Data = data,
        };
    }
}
