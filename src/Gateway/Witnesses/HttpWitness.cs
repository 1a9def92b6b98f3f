using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>
/// Asks a witness over HTTP (C2SP tlog-witness). Answers are bounded in size and time, redirects are not
/// followed, and what makes no sense is a refusal: a witness can delay nobody but its caller, and that only
/// as long as the caller said. Safe for concurrent use.
/// </summary>
internal sealed class HttpWitness : IWitness
{
    private const int ReasonMaxChars = 200;

    private static readonly MediaTypeHeaderValue BodyType = new("text/plain", "utf-8");

    private readonly HttpMessageInvoker _http;
    private readonly Uri _address;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    /// <param name="name">Name of the witness's verifier key.</param>
    /// <param name="submissionPrefix">
    /// Its URL, http or https, to which <c>/add-checkpoint</c> is added.
    /// </param>
    /// <param name="http">Connections, shared by all witnesses; see <see cref="WitnessConnections"/>.</param>
    /// <param name="timeout">Longest wait for a whole answer.</param>
    /// <exception cref="ArgumentException">When the URL is not an absolute one of http or https.</exception>
    public HttpWitness(
        string name, string submissionPrefix, HttpMessageInvoker http, TimeSpan timeout, TimeProvider time)
    {
        Name = name;
        _address = AddressOf(name, submissionPrefix);
        _http = http;
        _timeout = timeout;
        _time = time;
    }

    public string Name { get; }

    public async Task<WitnessAnswer> AddCheckpointAsync(
        ulong oldSize, IReadOnlyList<Hash> proof, ReadOnlyMemory<byte> checkpoint, CancellationToken ct)
    {
        var body = new ArrayBufferWriter<byte>(checkpoint.Length + 1024);
        AddCheckpointRequest.Write(body, oldSize, proof, checkpoint.Span);
        using var patience = new CancellationTokenSource(_timeout, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            return await AskAsync(body.WrittenMemory, ended.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The caller's own token, whichever of the two the exception names.
            throw new OperationCanceledException(ct);
        }
        catch (OperationCanceledException)
        {
            var connecting = WitnessConnections.ConnectTimeout.TotalSeconds;
            return new WitnessAnswer.Unreachable(
                $"no whole answer within {_timeout.TotalSeconds:0.###} s, {connecting:0} of them to connect");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new WitnessAnswer.Unreachable(Reason(failure.GetBaseException().Message));
        }
    }

    private async Task<WitnessAnswer> AskAsync(ReadOnlyMemory<byte> body, CancellationToken ended)
    {
        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = BodyType;
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
        using var response = await _http.SendAsync(request, ended);
        var status = (int)response.StatusCode;
        if (await ReadAsync(response, ended) is not { } answer)
        {
            return new WitnessAnswer.Refused(
                status, $"its answer has more than {AddCheckpointAnswer.MaxSizeBytes} bytes");
        }

        return response.StatusCode switch
        {
            HttpStatusCode.OK => Cosigned(answer),
            HttpStatusCode.Conflict => Behind(response.Content.Headers.ContentType, answer),
            _ => new WitnessAnswer.Refused(status, Reason(Encoding.UTF8.GetString(answer.Span))),
        };
    }

    private static WitnessAnswer Cosigned(ReadOnlyMemory<byte> answer)
    {
        try
        {
            AddCheckpointAnswer.ParseCosignatures(answer.Span);
            return new WitnessAnswer.Cosigned(answer);
        }
        catch (TlogException malformed)
        {
            return new WitnessAnswer.Refused(StatusCodes.Status200OK, Reason(malformed.Message));
        }
    }

    private static WitnessAnswer Behind(MediaTypeHeaderValue? type, ReadOnlyMemory<byte> answer)
    {
        const int status = StatusCodes.Status409Conflict;
        const string expected = AddCheckpointAnswer.SizeContentType;
        // Another 409, of a proxy or of another service, must not pass for a size.
        if (!expected.Equals(type?.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return new WitnessAnswer.Refused(
                status, Reason($"its content type is '{type}', expected '{expected}'"));
        }

        try
        {
            return new WitnessAnswer.Behind(AddCheckpointAnswer.ParseSize(answer.Span));
        }
        catch (TlogException malformed)
        {
            return new WitnessAnswer.Refused(status, Reason(malformed.Message));
        }
    }

    /// <summary>The whole body; null when it is longer than any answer may be.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        HttpResponseMessage response, CancellationToken ended)
    {
        const int max = AddCheckpointAnswer.MaxSizeBytes;
        if (response.Content.Headers.ContentLength > max)
            return null;
        await using var stream = await response.Content.ReadAsStreamAsync(ended);
        var buffer = ArrayPool<byte>.Shared.Rent(max + 1);
        try
        {
            var read = await stream.ReadAtLeastAsync(
                buffer.AsMemory(0, max + 1), max + 1, throwOnEndOfStream: false, ended);
            // A null of the array's type would become an empty answer.
            return read > max ? default(ReadOnlyMemory<byte>?) : buffer.AsMemory(0, read).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Uri AddressOf(string name, string submissionPrefix) =>
        Uri.TryCreate(submissionPrefix.TrimEnd('/') + "/add-checkpoint", UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw new ArgumentException(
                $"The URL of the witness {name} is '{submissionPrefix}'; "
                + "expected one such as https://witness.example/prefix.", nameof(submissionPrefix));

    private static string Reason(string text) =>
        Printable.Of(text, ReasonMaxChars) is { Length: > 0 } reason ? reason : "it gave no reason";
}
