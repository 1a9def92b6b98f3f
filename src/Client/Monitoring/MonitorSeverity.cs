namespace Sequencer.Client;

/// <summary>How much an event matters to whoever is on call.</summary>
public enum MonitorSeverity
{
    /// <summary>All is well.</summary>
    Info,

    /// <summary>Something could not be checked; it may pass.</summary>
    Warning,

    /// <summary>Something is wrong, and its cause is not proven.</summary>
    Error,

    /// <summary>The log has misbehaved, and that is proven.</summary>
    Critical,
}
