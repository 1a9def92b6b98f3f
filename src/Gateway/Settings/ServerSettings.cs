namespace Sequencer.Gateway;

/// <summary>How the gateway listens, and what it puts up with from one client: <c>[server]</c>.</summary>
internal sealed record ServerSettings
{
    /// <summary>Where it listens, and the limits that hold for every connection.</summary>
    public required ListenerSettings Listener { get; init; }

    /// <summary>
    /// The name and port under which clients reach this service; the log prefix is made from it.
    /// </summary>
    public required string PublicHost { get; init; }

    /// <summary>
    /// Longest body of <c>POST /sequence</c>, in bytes: an entry of the largest size, escaped.
    /// </summary>
    public required int BodyMaxBytes { get; init; }

    /// <summary>Longest body of <c>POST /sequence/batch</c>, in bytes.</summary>
    public required int BatchBodyMaxBytes { get; init; }

    /// <summary>Longest that a body may take to arrive, in seconds; then 408.</summary>
    public required int BodyTimeoutSeconds { get; init; }

    /// <summary>Bytes of bodies that are arriving at one time, in all; then 503.</summary>
    public required long ArrivingMaxBytes { get; init; }

    /// <summary>The same for one chain; then 429.</summary>
    public required long ChainArrivingMaxBytes { get; init; }

    public static ServerSettings Read(SettingsReader reader) => new()
    {
        Listener = ListenerSettings.Read(reader, "http://127.0.0.1:5000"),
        PublicHost = reader.Text("server:public_host", "127.0.0.1:5000"),
        BodyMaxBytes = reader.Integer("server:body_max_bytes", 512 * 1024, 1024, 64 * 1024 * 1024),
        BatchBodyMaxBytes = reader.Integer(
            "server:batch_body_max_bytes", 16 * 1024 * 1024, 1024, 1024 * 1024 * 1024),
        BodyTimeoutSeconds = reader.Integer("server:body_timeout_seconds", 30, 1, 3600),
        ArrivingMaxBytes = reader.LongInteger(
            "server:arriving_max_bytes", 128 * 1024 * 1024, 1024, long.MaxValue),
        ChainArrivingMaxBytes =
            reader.LongInteger("server:chain_arriving_max_bytes", 32 * 1024 * 1024, 1024, long.MaxValue),
    };
}
