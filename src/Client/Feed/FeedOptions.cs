namespace Sequencer.Client;

/// <summary>How a feed is followed.</summary>
public sealed class FeedOptions
{
    /// <summary>
    /// Most bytes of entries that are held until a checkpoint covers them, each counted with 192 more than it
    /// has. Default 16 MiB; the gateway sends a checkpoint at least every MiB of events, where that makes some
    /// 4 MiB at most.
    /// </summary>
    public int UnverifiedBytesMax { get; set; } = 16 << 20;

    /// <summary>
    /// Longest silence, in milliseconds, before the connection is given up and made again. Default 60,000;
    /// the gateway gives a sign of life every 15 s unless it is configured otherwise.
    /// </summary>
    public int SilenceMs { get; set; } = 60_000;

    /// <summary>
    /// How often the connection is made again without anything new before the failure is thrown; 0 for ever.
    /// Default 20, which outlasts a gateway that is away for some minutes.
    /// </summary>
    public int AttemptsMax { get; set; } = 20;

    /// <summary>
    /// The first pause before the connection is made again, in milliseconds; it doubles with each further
    /// one, and half of it is random. A <c>Retry-After</c> of the gateway replaces it when that is longer.
    /// Default 200.
    /// </summary>
    public int PauseMs { get; set; } = 200;

    /// <summary>Longest such pause, in milliseconds. Default 15,000.</summary>
    public int PauseMaxMs { get; set; } = 15_000;

    /// <summary>
    /// Longest <c>Retry-After</c> that is waited for, in milliseconds. One that asks for more ends the
    /// following at once, with the gateway's own reason. Default 300,000.
    /// </summary>
    public int RetryAfterMaxMs { get; set; } = 300_000;

    /// <summary>
    /// Told before each pause why the connection is to be made again; null (the default) tells nobody.
    /// </summary>
    public Action<SequencerClientException>? BeforePause { get; set; }
}
