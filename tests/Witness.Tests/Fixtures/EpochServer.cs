using System.Net;

namespace Sequencer.Witness.Tests;

/// <summary>Stands in for a gateway's <c>/epochs</c>, and counts how often it is asked.</summary>
internal sealed class EpochServer : HttpMessageHandler
{
    private int _requests;

    public int Requests => _requests;

    /// <summary>What was asked for last.</summary>
    public Uri? Address { get; private set; }

    /// <summary>The enclaves whose epochs are told, oldest first.</summary>
    public List<TestEnclave> Enclaves { get; } = [];

    /// <summary>Answers in place of the epochs; null for them.</summary>
    public Func<CancellationToken, Task<HttpResponseMessage>>? Other { get; set; }

    public static HttpResponseMessage Answer(HttpStatusCode status, HttpContent? content = null) =>
        new(status) { Content = content ?? new StringContent("") };

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        Address = request.RequestUri;
        return Other is null
            ? Task.FromResult(Answer(HttpStatusCode.OK, new StringContent(Json())))
            : Other(cancellationToken);
    }

    private string Json()
    {
        var epochs = Enclaves.Select(enclave =>
            $$"""
            {
              "start_size": 0,
              "key": "{{enclave.ToldKey}}",
              "attestation_document": "{{Convert.ToBase64String(enclave.Document)}}",
              "handover": null
            }
            """);
        return $$"""{"origin":"o","log_key":"k","epochs":[{{string.Join(',', epochs)}}]}""";
    }
}
