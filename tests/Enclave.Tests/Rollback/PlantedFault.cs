using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests.Rollback;

/// <summary>What enclaves of the simulation do wrong, so that it is seen to find it.</summary>
public enum PlantedFault
{
    None,

    /// <summary>Witnesses are asked for nothing.</summary>
    RuleOff,

    /// <summary>A policy of which two quorums can be disjoint was let through.</summary>
    DisjointQuorums,

    /// <summary>A cosignature of any time opens a chain.</summary>
    StaleCosignatures,

    /// <summary>A time later than the beginning's counts, as if no clock were ever ahead.</summary>
    NoClockMargin,
}

/// <summary>The rules that are wrong; no enclave outside of this test can have one.</summary>
internal static class PlantedRule
{
    /// <summary>The rule of an enclave with this fault.</summary>
    public static IWitnessRule For(PlantedFault fault, TlogPolicy policy, ulong clockAheadSeconds)
    {
        var rule = new WitnessRule(policy, clockAheadSeconds);
        return fault switch
        {
            PlantedFault.RuleOff => new Off(),
            PlantedFault.StaleCosignatures => new Stale(rule),
            PlantedFault.NoClockMargin => new NoMargin(rule, clockAheadSeconds),
            _ => rule,
        };
    }

    private sealed class Off : IWitnessRule
    {
        public ulong WitnessTimeMin(ulong begun) => begun;

        public void CheckOpening(Checkpoint start, string witnessLines, ulong? begun, ulong now)
        {
        }

        public void CheckSeal(Checkpoint proposal, string witnessLines)
        {
        }
    }

    private sealed class NoMargin(WitnessRule rule, ulong clockAheadSeconds) : IWitnessRule
    {
        public ulong WitnessTimeMin(ulong begun) => begun + 1;

        public void CheckOpening(Checkpoint start, string witnessLines, ulong? begun, ulong now) =>
            rule.CheckOpening(start, witnessLines, begun - clockAheadSeconds, now);

        public void CheckSeal(Checkpoint proposal, string witnessLines) =>
            rule.CheckSeal(proposal, witnessLines);
    }

    private sealed class Stale(WitnessRule rule) : IWitnessRule
    {
        public ulong WitnessTimeMin(ulong begun) => begun;

        public void CheckOpening(Checkpoint start, string witnessLines, ulong? begun, ulong now) =>
            rule.CheckSeal(start, witnessLines);

        public void CheckSeal(Checkpoint proposal, string witnessLines) =>
            rule.CheckSeal(proposal, witnessLines);
    }
}
