using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// One look at a checkpoint whose log's signature holds: what was found out about it so far. Owned by the
/// monitor's one flow.
/// </summary>
internal sealed class CheckpointLook(ServedCheckpoint served, RoundEvents events)
{
    public ServedCheckpoint Served => served;

    public Checkpoint Checkpoint => served.Parsed.Checkpoint;

    public RoundEvents Events => events;

    /// <summary>The log's key that signed it.</summary>
    public required VerifierKey LogKey { get; init; }

    /// <summary>The enclave of its epoch, which cosigned it; null when that is not shown.</summary>
    public required VerifiedEnclave? Cosigner { get; init; }

    /// <summary>Whether nothing was found against it so far, and nothing left unchecked.</summary>
    public required bool IsGood { get; set; }

    /// <summary>Tells what was found against it.</summary>
    public void Fail(MonitorEventKind kind, string message)
    {
        IsGood = false;
        events.Add(kind, message, Checkpoint);
    }
}
