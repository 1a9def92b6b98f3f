using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// The service's state in the words of the health calls. Taken once for each request: the sequencer goes
/// through all its chains for it.
/// </summary>
internal sealed class ServiceState(SequencerCore core, ISigningKeys keys, IHostApplicationLifetime lifetime)
{
    public Snapshot Take() =>
        new(core.Status, !keys.Current.IsEmpty, lifetime.ApplicationStopping.IsCancellationRequested);

    /// <summary>The state at one moment.</summary>
    /// <param name="Status">As the sequencer tells it.</param>
    /// <param name="HasKeys">Whether the token issuer's keys are there; without them every token is refused.</param>
    /// <param name="IsStopping">Whether the service was told to stop.</param>
    internal sealed record Snapshot(SequencerStatus Status, bool HasKeys, bool IsStopping)
    {
        public bool IsReady => Status.State == SequencerState.Ready && HasKeys && !IsStopping;

        public string Name => IsStopping ? "stopping"
            : IsWaitingForKeys ? "starting"
            : Status.State.ToString().ToLowerInvariant();

        public string? Reason => IsStopping ? "The service was told to stop."
            : IsWaitingForKeys ? "The token issuer's keys could not be read yet."
            : Status.Reason;

        private bool IsWaitingForKeys => Status.State == SequencerState.Ready && !HasKeys;
    }
}
