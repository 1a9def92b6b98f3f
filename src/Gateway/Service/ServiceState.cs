using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// The sequencer's state in the words of the health calls. Taken once for each request: the sequencer goes
/// through all its chains for it.
/// </summary>
internal sealed class ServiceState(SequencerCore core, IHostApplicationLifetime lifetime)
{
    public Snapshot Take() => new(core.Status, lifetime.ApplicationStopping.IsCancellationRequested);

    /// <summary>The state at one moment.</summary>
    /// <param name="Status">As the sequencer tells it.</param>
    /// <param name="IsStopping">Whether the service was told to stop.</param>
    internal sealed record Snapshot(SequencerStatus Status, bool IsStopping)
    {
        public bool IsReady => Status.State == SequencerState.Ready && !IsStopping;

        public string Name => IsStopping ? "stopping" : Status.State.ToString().ToLowerInvariant();

        public string? Reason => IsStopping ? "The service was told to stop." : Status.Reason;
    }
}
