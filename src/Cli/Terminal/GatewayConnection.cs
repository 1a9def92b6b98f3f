using Sequencer.Client;

namespace Sequencer.Cli.Terminal;

/// <summary>A client and the connections under it, for the length of one command.</summary>
internal sealed class GatewayConnection : IDisposable
{
    private readonly HttpClient _http;

    public GatewayConnection(CliEnvironment environment, Uri address, string? token)
    {
        _http = new HttpClient(environment.CreateHandler()) { BaseAddress = address };
        Address = address;
        HasToken = token is not null;
        Client = new SequencerClient(_http, new() { Token = token }, environment.Time);
    }

    public Uri Address { get; }

    public bool HasToken { get; }

    public SequencerClient Client { get; }

    public void Dispose() => _http.Dispose();
}
