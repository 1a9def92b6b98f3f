using System.Globalization;
using System.Net;
using System.Security.Authentication;

namespace Sequencer.Client;

/// <summary>Why one attempt failed, and what follows from it.</summary>
internal sealed record GatewayFailure
{
    /// <summary>
    /// Codes of a 503 that no waiting changes: the chain or the service needs its operator.
    /// </summary>
    private static readonly string[] LastingCodes = ["chain_stopped", "chains_full"];

    private const string NoReason = "it gave no reason";

    public required SequencerClientError Error { get; init; }

    public required string Message { get; init; }

    private int? Status { get; init; }

    private string? Code { get; init; }

    /// <summary>Where the first entry has its place nevertheless; null when the gateway did not say.</summary>
    private ulong? Index { get; init; }

    private Exception? Cause { get; init; }

    /// <summary>How long the gateway asked to wait; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>Whether another attempt may succeed.</summary>
    public required bool IsPassing { get; init; }

    /// <summary>Whether the gateway may have carried the request out all the same.</summary>
    public required bool MayHaveHappened { get; init; }

    /// <summary>The submission was answered, and not with the finality that was asked for.</summary>
    public static GatewayFailure NotWitnessed { get; } = new()
    {
        Error = SequencerClientError.BadAnswer,
        Message = "The gateway does not say that a quorum of witnesses covers the transaction, as one without "
            + "witnesses cannot: it has its place, signed by the enclave alone.",
        IsPassing = false,
        MayHaveHappened = false,
    };

    public static GatewayFailure TooLong(int bytesMax) => new()
    {
        Error = SequencerClientError.BadAnswer,
        Message = $"The gateway's answer is longer than the {bytesMax} bytes that such an answer may have. "
            + "Check that the address is a sequencer's.",
        IsPassing = false,
        MayHaveHappened = true,
    };

    public static GatewayFailure TimedOut(int timeoutMs) => new()
    {
        Error = SequencerClientError.Unreachable,
        Message = $"The gateway did not answer within {timeoutMs / 1000.0:0.#} s.",
        IsPassing = true,
        MayHaveHappened = true,
    };

    public static GatewayFailure Broken(Uri? gateway, Exception cause)
    {
        var isOfTls = cause.InnerException is AuthenticationException;
        var neverSent = cause is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError,
        };
        return new()
        {
            Error = SequencerClientError.Unreachable,
            Message = neverSent
                ? $"No connection to the gateway at {gateway}: {Reasons(cause)} Check the address, and "
                    + (isOfTls ? "the gateway's certificate." : "that the gateway is running.")
                : $"The connection to the gateway at {gateway} broke off: {Reasons(cause)}",
            Cause = cause,
            IsPassing = !isOfTls,
            MayHaveHappened = !neverSent,
        };
    }

    public static GatewayFailure Of(
        HttpResponseMessage response, ReadOnlySpan<byte> body, TimeProvider time)
    {
        var status = (int)response.StatusCode;
        var problem = ProblemDocument.Read(body);
        var name = problem?.Code is { } code ? $"{status} {code}" : $"{status}";
        var passing = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout;
        return new()
        {
            Error = SequencerClientError.Refused,
            Message = $"The gateway refused ({name}): "
                + Sentence(problem?.Detail ?? problem?.Title ?? Redirection(response) ?? NoReason),
            Status = status,
            Code = problem?.Code,
            RetryAfter = ReadRetryAfter(response, time),
            IsPassing = passing && !LastingCodes.Contains(problem?.Code),
            Index = problem?.Idx,
            MayHaveHappened = problem?.Code is "outcome_unknown" or "witness_timeout" || response.StatusCode
                is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
                or HttpStatusCode.GatewayTimeout,
        };
    }

    /// <summary>The exception that ends the request.</summary>
    /// <param name="uncertain">Whether this or an earlier attempt of a submission may have been carried
    /// out.</param>
    public SequencerClientException ToException(GatewayRequest request, int attempts, bool uncertain)
    {
        var message = attempts > 1 ? $"{Message} Gave up after {attempts} attempts." : Message;
        if (uncertain)
        {
            message += (Index is { } index
                ? string.Create(CultureInfo.InvariantCulture, $" The submission has its place, from index {index}")
                : " The submission may have been sequenced all the same")
                + ": submit the same bytes again with the idempotency key "
                + $"{request.IdempotencyKey} to settle it.";
        }

        return new(uncertain ? SequencerClientError.OutcomeUnknown : Error, message, Cause)
        {
            Status = Status,
            Code = Code,
            RetryAfter = RetryAfter,
            Index = Index,
            IdempotencyKey = request.IdempotencyKey,
        };
    }

    /// <summary>
    /// What an exception says, and what the innermost one does where that is more: of TLS only it says why.
    /// </summary>
    private static string Reasons(Exception cause)
    {
        var innermost = cause.GetBaseException().Message;
        return cause.Message.Contains(innermost.TrimEnd('.'), StringComparison.Ordinal)
            ? Sentence(cause.Message)
            : $"{Sentence(cause.Message)} {Sentence(innermost)}";
    }

    private static string Sentence(string text) => text.EndsWith('.') ? text : $"{text}.";

    private static string? Redirection(HttpResponseMessage response) => response.Headers.Location is { } other
        ? $"it redirects to {other.OriginalString}, which is not followed: check the address"
        : null;

    private static TimeSpan? ReadRetryAfter(HttpResponseMessage response, TimeProvider time) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
            _ => null,
        };
}
