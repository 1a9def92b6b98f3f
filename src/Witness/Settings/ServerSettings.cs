namespace Sequencer.Witness;

/// <summary>How the witness listens, and what it puts up with from one client: <c>[server]</c>.</summary>
internal sealed record ServerSettings
{
    /// <summary>Where it listens, and the limits that hold for every connection.</summary>
    public required ListenerSettings Listener { get; init; }

    /// <summary>
    /// What every path but <c>/health</c> begins with, for example <c>/witness</c>; empty for nothing.
    /// </summary>
    public required string PathPrefix { get; init; }

    /// <summary>Longest that a body may take to arrive, in seconds; then 408.</summary>
    public required int BodyTimeoutSeconds { get; init; }

    /// <summary>Requests a second of one client address, in the long run; 0 for no limit.</summary>
    public required int RequestsPerSecond { get; init; }

    /// <summary>Requests that one client address may make at once.</summary>
    public required int Burst { get; init; }

    /// <summary>
    /// Requests of one client address that are worked on at one time; further ones get 429.
    /// </summary>
    public required int ClientRequestsMax { get; init; }

    /// <summary>The same for all clients together.</summary>
    public required int RequestsMax { get; init; }

    public static ServerSettings Read(SettingsReader reader) => new()
    {
        Listener = ListenerSettings.Read(reader, "http://127.0.0.1:5010"),
        PathPrefix = Prefix(reader, reader.Text("server:path_prefix", "")),
        BodyTimeoutSeconds = reader.Integer("server:body_timeout_seconds", 10, 1, 3600),
        RequestsPerSecond = reader.Integer("server:requests_per_second", 500, 0, 1_000_000),
        Burst = reader.Integer("server:burst", 1000, 1, 1_000_000),
        ClientRequestsMax = reader.Integer("server:client_requests_max", 64, 1, 1_000_000),
        RequestsMax = reader.Integer("server:requests_max", 512, 1, 1_000_000),
    };

    private static string Prefix(SettingsReader reader, string prefix) =>
        prefix.Length == 0 || (prefix.StartsWith('/') && !prefix.EndsWith('/')
            && prefix.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '-' or '_' or '.'))
            ? prefix
            : throw reader.Wrong("server:path_prefix", prefix, "nothing, or a path such as /witness");
}
