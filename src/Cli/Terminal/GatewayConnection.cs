using Sequencer.Client;

namespace Sequencer.Cli.Terminal;

/// <summary>A client and the connections under it, for the length of one command.</summary>
internal sealed class GatewayConnection : IDisposable
{
    /// <summary>
    /// Attempts of a command that somebody waits for: given up after a few seconds where nobody answers, and after
    /// minutes where a connection is made and stays silent.
    /// </summary>
    private const int AttemptsMax = 4;

    /// <summary>
    /// Attempts of one read among the many of an audit, which a rate limit may well hold up.
    /// </summary>
    private const int PatientAttemptsMax = 12;

    private readonly HttpClient _http;

    public GatewayConnection(CliEnvironment environment, Uri address, string? token, bool isPatient = false)
    {
        _http = new HttpClient(environment.CreateHandler()) { BaseAddress = address };
        Address = address;
        var options = new SequencerClientOptions
        {
            Token = token,
            AttemptsMax = isPatient ? PatientAttemptsMax : AttemptsMax,
        };
        Client = new SequencerClient(_http, options, environment.Time);
    }

    public Uri Address { get; }

    public SequencerClient Client { get; }

    public void Dispose() => _http.Dispose();
}
