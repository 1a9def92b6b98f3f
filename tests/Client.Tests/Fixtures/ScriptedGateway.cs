using System.Net;
using System.Text;

namespace Sequencer.Client.Tests.Fixtures;

/// <summary>Answers requests one by one from a script, and keeps what was asked.</summary>
internal sealed class ScriptedGateway(params Func<HttpResponseMessage>[] script) : HttpMessageHandler
{
    public sealed record Request(
        string Method, string Path, string? IdempotencyKey, string? Authorization, string? ContentType,
        byte[] Body, string? Prefer);

    public List<Request> Asked { get; } = [];

    public static Func<HttpResponseMessage> Answer(
        HttpStatusCode status, string body, string contentType = "application/json",
        int? retryAfterSeconds = null) =>
        () =>
        {
            var response = new HttpResponseMessage(status)
            {
                Content = new StringContent(body, Encoding.UTF8, contentType),
            };
            if (retryAfterSeconds is { } seconds)
                response.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
            return response;
        };

    public static Func<HttpResponseMessage> Problem(
        HttpStatusCode status, string code, string detail, int? retryAfterSeconds = null) =>
        Answer(status, $$"""{"title": "Refused", "detail": "{{detail}}", "code": "{{code}}"}""",
            "application/problem+json", retryAfterSeconds);

    /// <summary>The same answer, by which the quorum is confirmed that was asked for.</summary>
    public static Func<HttpResponseMessage> Witnessed(Func<HttpResponseMessage> answer) => () =>
    {
        var response = answer();
        response.Headers.Add("Preference-Applied", "finality=witnessed");
        return response;
    };

    public static Func<HttpResponseMessage> Throws(Exception failure) => () => throw failure;

    public SequencerClient Connect(TimeProvider? time = null, SequencerClientOptions? options = null) => new(
        new HttpClient(this, disposeHandler: false) { BaseAddress = new("http://gateway.test/") },
        options ?? new() { Token = "token" }, time ?? new InstantTime());

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add(new(request.Method.Method, request.RequestUri!.PathAndQuery,
            request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null,
            request.Headers.Authorization?.ToString(), request.Content?.Headers.ContentType?.ToString(),
            request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken),
            request.Headers.TryGetValues("Prefer", out var preferences) ? preferences.Single() : null));
        return script[Asked.Count - 1]();
    }
}
