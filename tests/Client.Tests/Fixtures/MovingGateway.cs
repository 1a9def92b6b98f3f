namespace Sequencer.Client.Tests.Fixtures;

/// <summary>A gateway whose log changes between requests, or that cannot be reached.</summary>
internal sealed class MovingGateway : HttpMessageHandler
{
    /// <summary>What it serves; null lets connections be refused.</summary>
    public StaticGateway? Now { get; set; }

    public MovingGateway Serve(TestLog log)
    {
        Now = new StaticGateway(log);
        return this;
    }

    public SequencerClient Connect() => new(
        new HttpClient(this, disposeHandler: false) { BaseAddress = new("http://gateway.test/") },
        new() { AttemptsMax = 1 });

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Now is null)
            throw new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        using var invoker = new HttpMessageInvoker(Now, disposeHandler: false);
        return await invoker.SendAsync(request, cancellationToken);
    }
}
