namespace Sequencer.Client;

/// <summary>
/// How a <see cref="SequencerClient"/> identifies itself, how long it waits and how often it tries.
/// </summary>
public sealed class SequencerClientOptions
{
    /// <summary>
    /// The chain's JWT, sent as <c>Authorization: Bearer</c>; null (the default) sends none, which is enough
    /// for public reads.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>How often one request is sent at most, the first time included. Default 6.</summary>
    public int AttemptsMax { get; set; } = 6;

    /// <summary>
    /// Longest one attempt may take until its answer is read whole, in milliseconds. Default 40,000: 10 s more
    /// than a gateway waits by default for an entry's place or its witnesses, so that its answer, which says
    /// what became of the submission, is still heard.
    /// </summary>
    public int AttemptTimeoutMs { get; set; } = 40_000;

    /// <summary>
    /// The first pause between two attempts, in milliseconds; it doubles with each further one, and half of
    /// it is random. A <c>Retry-After</c> of the gateway replaces it when that is longer. Default 200.
    /// </summary>
    public int RetryPauseMs { get; set; } = 200;

    /// <summary>
    /// Longest time spent in pauses for one request, in milliseconds. A <c>Retry-After</c> that asks for more
    /// ends the attempts at once, with the gateway's own reason. Default 60,000.
    /// </summary>
    public int RetryPausesTotalMs { get; set; } = 60_000;

    internal SequencerClientOptions Copy() => (SequencerClientOptions)MemberwiseClone();
}
