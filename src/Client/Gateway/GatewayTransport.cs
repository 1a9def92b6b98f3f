using System.Net;

namespace Sequencer.Client;

/// <summary>
/// Sends requests to one gateway until an answer is final: passing failures are tried again, within the
/// limits of <see cref="SequencerClientOptions"/>. A submission is safe to repeat because it carries its
/// idempotency key. Safe for concurrent use.
/// </summary>
internal sealed class GatewayTransport(HttpClient http, SequencerClientOptions options, TimeProvider time)
{
    private const int ProblemBytesMax = 64 * 1024;

    /// <summary>The 404 of a chain that exists, whose checkpoint waits for its witnesses.</summary>
    public const string Unwitnessed = "checkpoint_unwitnessed";

    private const string ChainUnknown = "chain_unknown";
    private const string IndexUnknown = "index_unknown";

    /// <summary>
    /// The answer's body, or null when the gateway says that there is no such chain or index. A 404 without its
    /// code is somebody else's.
    /// </summary>
    /// <exception cref="SequencerClientException">
    /// When the last attempt failed or the gateway refused.
    /// </exception>
    public async Task<byte[]?> FindAsync(GatewayRequest request, CancellationToken cancellation)
    {
        try
        {
            return await SendAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (SequencerClientException failure)
            when (failure is { Status: (int)HttpStatusCode.NotFound, Code: ChainUnknown or IndexUnknown })
        {
            return null;
        }
        catch (SequencerClientException failure)
            when (failure is { Status: (int)HttpStatusCode.NotFound, Code: null })
        {
            throw GatewayJson.BadAnswer("it is a 404 that does not say what there is not", failure);
        }
    }

    /// <summary>
    /// The answer's body, in a buffer that the caller gives back, or null at any 404: a log's files may be served
    /// by any web server.
    /// </summary>
    /// <exception cref="SequencerClientException">
    /// When the last attempt failed or the gateway refused.
    /// </exception>
    public async Task<AnswerBody?> FindBodyAsync(GatewayRequest request, CancellationToken cancellation)
    {
        try
        {
            return await SendForBodyAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (SequencerClientException failure)
            when (failure is { Status: (int)HttpStatusCode.NotFound, Code: not Unwitnessed })
        {
            return null;
        }
    }

    /// <summary>The body of the gateway's answer.</summary>
    /// <exception cref="SequencerClientException">
    /// When the last attempt failed or the gateway refused.
    /// </exception>
    public async Task<byte[]> SendAsync(GatewayRequest request, CancellationToken cancellation)
    {
        using var body = await SendForBodyAsync(request, cancellation).ConfigureAwait(false);
        return body.Bytes.ToArray();
    }

    private async Task<AnswerBody> SendForBodyAsync(GatewayRequest request, CancellationToken cancellation)
    {
        var pauses = new RetryPauses(options, time);
        var uncertain = false;
        for (var attempt = 1; ; attempt++)
        {
            switch (await TryAsync(request, ReadBodyAsync, cancellation).ConfigureAwait(false))
            {
                case Attempt<AnswerBody>.Succeeded(var body):
                    return body;
                case Attempt<AnswerBody>.Failed(var failure):
                    uncertain |= request.IdempotencyKey is not null && failure.MayHaveHappened;
                    if (!failure.IsPassing || attempt >= options.AttemptsMax
                        || !await pauses.PauseAsync(failure.RetryAfter, cancellation).ConfigureAwait(false))
                        throw failure.ToException(request, attempt, uncertain);
                    break;
            }
        }
    }

    public TimeProvider Time => time;

    public Uri? Address => http.BaseAddress;

    /// <summary>
    /// Opens an answer that is read as it comes, in one attempt; the caller disposes it.
    /// </summary>
    public Task<Attempt<HttpResponseMessage>> OpenAsync(
        GatewayRequest request, CancellationToken cancellation) =>
        TryAsync(request, static (_, response, _) =>
            Task.FromResult<Attempt<HttpResponseMessage>>(
                new Attempt<HttpResponseMessage>.Succeeded(response)), cancellation);

    /// <summary>One attempt.</summary>
    /// <param name="read">
    /// Reads an answer that is no refusal, within the attempt's time; disposes of it unless it hands it on.
    /// </param>
    private async Task<Attempt<T>> TryAsync<T>(
        GatewayRequest request,
        Func<GatewayRequest, HttpResponseMessage, CancellationToken, Task<Attempt<T>>> read,
        CancellationToken cancellation)
    {
        using var timeout =
            new CancellationTokenSource(TimeSpan.FromMilliseconds(options.AttemptTimeoutMs), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var message = request.ToMessage(options.Token);
            var response = await http
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? await read(request, response, either.Token).ConfigureAwait(false)
                : new Attempt<T>.Failed(await RefusedAsync(response, either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Attempt<T>.Failed(GatewayFailure.TimedOut(options.AttemptTimeoutMs));
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return new Attempt<T>.Failed(GatewayFailure.Broken(http.BaseAddress, broken));
        }
    }

    private static async Task<Attempt<AnswerBody>> ReadBodyAsync(
        GatewayRequest request, HttpResponseMessage response, CancellationToken cancellation)
    {
        using var _ = response;
        if (request.Finality is AwaitedFinality.Witnessed && !Confirms(response, request.Preference!))
            return new Attempt<AnswerBody>.Failed(GatewayFailure.NotWitnessed);
        var body = await ReadBoundedAsync(response.Content, request.AnswerBytesMax, cancellation)
            .ConfigureAwait(false);
        return body is null
            ? new Attempt<AnswerBody>.Failed(GatewayFailure.TooLong(request.AnswerBytesMax))
            : new Attempt<AnswerBody>.Succeeded(body);
    }

    private static bool Confirms(HttpResponseMessage response, string preference) =>
        response.Headers.TryGetValues("Preference-Applied", out var applied)
            && applied.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)).Contains(preference);

    /// <summary>
    /// The failure that a refusal's status tells of, however long its body is: a proxy's page may be any length,
    /// and has a bound of its own. Disposes of the response.
    /// </summary>
    private async Task<GatewayFailure> RefusedAsync(
        HttpResponseMessage response, CancellationToken cancellation)
    {
        using var _ = response;
        using var body = await ReadBoundedAsync(response.Content, ProblemBytesMax, cancellation)
            .ConfigureAwait(false);
        return GatewayFailure.Of(response, body is null ? [] : body.Bytes.Span, time);
    }

    /// <summary>The whole body, or null once it proves longer than <paramref name="bytesMax"/>.</summary>
    private static async Task<AnswerBody?> ReadBoundedAsync(
        HttpContent content, int bytesMax, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > bytesMax)
            return null;
        await using var source = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        if (content.Headers.ContentLength is not { } length)
            return await ReadToEndAsync(source, bytesMax, cancellation).ConfigureAwait(false);
        // A whole tile or bundle goes from the connection into its place; nothing is cleared or copied first.
        var body = new AnswerBody((int)length);
        await source.ReadExactlyAsync(body.Bytes, cancellation).ConfigureAwait(false);
        return body;
    }

    private static async Task<AnswerBody?> ReadToEndAsync(
        Stream source, int bytesMax, CancellationToken cancellation)
    {
        var gathered = new MemoryStream();
        var chunk = new byte[Math.Min(bytesMax, 16 * 1024) + 1];
        int read;
        while ((read = await source.ReadAsync(chunk, cancellation).ConfigureAwait(false)) > 0)
        {
            if (gathered.Length + read > bytesMax)
                return null;
            gathered.Write(chunk, 0, read);
        }

        var body = new AnswerBody((int)gathered.Length);
        gathered.GetBuffer().AsMemory(0, (int)gathered.Length).CopyTo(body.Bytes);
        return body;
    }
}
