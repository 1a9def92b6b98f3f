namespace Sequencer.Gateway;

/// <summary>Who may follow chains at one time, and what is put up with from them: <c>[feed]</c>.</summary>
internal sealed record FeedSettings
{
    /// <summary>Most readers at one time; then 503.</summary>
    public required int ReadersMax { get; init; }

    /// <summary>Most readers of one chain at one time; then 429.</summary>
    public required int ChainReadersMax { get; init; }

    /// <summary>Most readers from one client address at one time; then 429.</summary>
    public required int ClientReadersMax { get; init; }

    /// <summary>How often an idle reader is sent a sign of life, in seconds.</summary>
    public required int KeepAliveSeconds { get; init; }

    /// <summary>Longest that a reader may take to make room for more, in seconds; then it is cut off.</summary>
    public required int WriteTimeoutSeconds { get; init; }

    public static FeedSettings Read(SettingsReader reader) => new()
    {
        ReadersMax = reader.Integer("feed:readers_max", 15_000, 0, 10_000_000),
        ChainReadersMax = reader.Integer("feed:chain_readers_max", 10_000, 1, 10_000_000),
        ClientReadersMax = reader.Integer("feed:client_readers_max", 200, 1, 10_000_000),
        KeepAliveSeconds = reader.Integer("feed:keep_alive_seconds", 15, 1, 3600),
        WriteTimeoutSeconds = reader.Integer("feed:write_timeout_seconds", 30, 1, 3600),
    };
}
