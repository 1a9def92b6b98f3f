using Sequencer.Core.Tests.Witnesses;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Sim;

/// <summary>
/// An honest witness over a network that is slow and loses requests and answers. Its state outlives every
/// crash. It is shown nothing that a crash could take back.
/// </summary>
internal sealed class SimWitness(SimScheduler scheduler, SimDisk disk, string name) : IWitness
{
    private readonly ModelWitness _witness = new(name, LogKeyOf, new SimClock(scheduler, owner: null));

    public ModelWitness Model => _witness;

    /// <summary>Whether it wants the word of an enclave that the log's epochs show, except for an empty log.</summary>
    public bool WantsEnclave { get; init; }

    public string Name => name;

    public async Task<WitnessAnswer> AddCheckpointAsync(
        ulong oldSize, IReadOnlyList<Hash> proof, ReadOnlyMemory<byte> checkpoint, CancellationToken ct)
    {
        var answer = new TaskCompletionSource<WitnessAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.After(TimeSpan.FromTicks(scheduler.Next(200_000)), () =>
        {
            var given = scheduler.Chance(0.1) ? Lost : Ask(oldSize, proof, checkpoint);
            given = scheduler.Chance(0.1) ? Lost : given;
            scheduler.After(TimeSpan.FromTicks(scheduler.Next(200_000)), () => answer.TrySetResult(given));
        });
        using var stop = ct.UnsafeRegister(_ => answer.TrySetCanceled(ct), null);
        return await answer.Task;
    }

    private static WitnessAnswer Lost { get; } = new WitnessAnswer.Unreachable("The simulated network lost it.");

    private static VerifierKey LogKeyOf(string origin) =>
        VerifierKey.Create(origin, SignatureType.Ed25519, SimGateway.LogKey.PublicKey.Span);

    private WitnessAnswer Ask(ulong oldSize, IReadOnlyList<Hash> proof, ReadOnlyMemory<byte> checkpoint)
    {
        var note = SignedNote.Parse(checkpoint.Span);
        var shown = Checkpoint.Parse(note.Text);
        // The empty log is there before any record of it.
        if (shown.Size > 0 && !disk.IsDurable(batch =>
                batch.Checkpoints.Exists(record => record.Size == shown.Size && record.Root == shown.Root)
                || batch.Proposals.Exists(record => record.Size == shown.Size && record.Root == shown.Root)))
            scheduler.Violate($"A witness was shown size {shown.Size} of {shown.Origin}, which is not durable.");
        return WantsEnclave && shown.Size > 0
            && !disk.EpochKeysOf(shown.Origin).Any(key => ModelWitness.IsBy(key, note))
            ? new WitnessAnswer.Refused(403, "None of its signatures is by an enclave that the log's epochs show.")
            : _witness.AddCheckpoint(oldSize, proof, checkpoint);
    }
}
