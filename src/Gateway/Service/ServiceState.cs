using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>The sequencer's state in the words of the health calls.</summary>
internal sealed class ServiceState(SequencerCore core, IHostApplicationLifetime lifetime)
{
    public bool IsReady => core.Status.State == SequencerState.Ready && !IsStopping;

    public string Name => IsStopping ? "stopping" : core.Status.State.ToString().ToLowerInvariant();

    public string? Reason => IsStopping ? "The service was told to stop." : core.Status.Reason;

    public IReadOnlyDictionary<string, string> StoppedChains => core.Status.StoppedChains;

    private bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;
}
