using System.Text;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// Judges witnesses' cosignatures on one checkpoint: those count that are by a witness of the policy, on that
/// very text, of a time that can be and, for an opening, is neither before it was begun, nor old, nor ahead.
/// </summary>
/// <param name="policy">The witnesses and their quorum.</param>
/// <param name="clockAheadSeconds">How far an honest witness's clock may be ahead of the enclave's.</param>
internal sealed class WitnessRule(TlogPolicy policy, ulong clockAheadSeconds) : IWitnessRule
{
    /// <summary>The oldest cosignature that opens a chain.</summary>
    public const ulong AgeMaxSeconds = 60;

    /// <summary>The rule that a configuration demands; null when it demands none.</summary>
    public static WitnessRule? For(WitnessDemand? demand) =>
        demand is null ? null : new WitnessRule(demand.Policy, demand.ClockAheadSeconds);

    /// <summary>
    /// One second more than a clock that is ahead can say at that moment: times are whole seconds.
    /// </summary>
    public ulong WitnessTimeMin(ulong begun) => begun + clockAheadSeconds + 1;

    public void CheckOpening(Checkpoint start, string witnessLines, ulong? begun, ulong now)
    {
        if (begun is not { } since)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.OpenNotBegun,
                $"{start.Origin} needs witnesses' cosignatures made after its opening was begun; begin it.");
        }

        Require(start, witnessLines, time => FaultOf(time, since, now));
    }

    public void CheckSeal(Checkpoint proposal, string witnessLines) =>
        Require(proposal, witnessLines, static time =>
            Cosignature.IsTimeOfCheckpoint(time) ? null : $"is of {time}, which cannot be");

    /// <summary>What is wrong with the time of a cosignature; null when nothing is.</summary>
    private string? FaultOf(ulong time, ulong begun, ulong now) =>
        time < WitnessTimeMin(begun)
            ? $"is of {time}; what is certain to be made after {begun} is of {WitnessTimeMin(begun)} or later"
        : time > now + clockAheadSeconds
            ? $"is of {time}, more than {clockAheadSeconds} s ahead of the enclave's clock, which says {now}"
        : now > time + AgeMaxSeconds
            ? $"is of {time}, more than {AgeMaxSeconds} s ago by the enclave's clock, which says {now}"
        : null;

    private void Require(Checkpoint checkpoint, string witnessLines, Func<ulong, string?> faultOf)
    {
        var text = checkpoint.ToNoteText();
        var faults = new List<string>();
        var genuine = new List<VerifierKey>();
        var counted = new List<VerifierKey>();
        foreach (var line in Parse(witnessLines))
        {
            if (policy.Witnesses.FirstOrDefault(witness => line.Claims(witness.Key)) is not { } witness)
            {
                faults.Add($"{line.Name} is no witness of the policy.");
                continue;
            }

            if (TimeOf(witness, line, text) is not { } time)
            {
                faults.Add($"The cosignature of {witness.Name} is not on this checkpoint.");
                continue;
            }

            genuine.Add(witness.Key);
            if (faultOf(time) is { } fault)
                faults.Add($"The cosignature of {witness.Name} {fault}.");
            else
                counted.Add(witness.Key);
        }

        var result = policy.Evaluate(counted);
        if (result.IsSatisfied)
            return;
        throw new EnclaveRefusedException(
            policy.Evaluate(genuine).IsSatisfied
                ? EnclaveRefusalReason.WitnessCosignatureStale
                : EnclaveRefusalReason.WitnessQuorumMissing,
            $"{checkpoint.Origin} at size {checkpoint.Size}: {string.Join(' ', [result.Reason, .. faults])}");
    }

    /// <summary>The time of a cosignature that verifies; null when it does not.</summary>
    private static ulong? TimeOf(PolicyWitness witness, NoteSignature line, string text)
    {
        try
        {
            var time = Cosignature.DecodeBlob(line.Blob.Span, out var signature);
            witness.Key.Verify(Cosignature.Message(time, text), signature);
            return time;
        }
        catch (TlogException)
        {
            return null;
        }
    }

    private static IReadOnlyList<NoteSignature> Parse(string witnessLines)
    {
        try
        {
            return witnessLines.Length == 0
                ? []
                : AddCheckpointAnswer.ParseCosignatures(Encoding.UTF8.GetBytes(witnessLines));
        }
        catch (TlogException exception)
        {
            throw new EnclaveRefusedException(
                EnclaveRefusalReason.InvalidRequest, $"The witness lines: {exception.Message}");
        }
    }
}
