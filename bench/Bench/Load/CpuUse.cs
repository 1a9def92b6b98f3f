using Sequencer.Bench.Running;

namespace Sequencer.Bench.Load;

/// <summary>Processor time of those who take part in a run, in seconds.</summary>
internal readonly record struct CpuUse(double Sender, double Server, double Enclave)
{
    /// <summary>What was used up to now; the sender counts once it has ended.</summary>
    public static CpuUse Now(LoadTarget target) => new(
        ProcessTimes.EndedChildrenCpuSeconds(),
        ProcessTimes.CpuSeconds(target.ServerId),
        target.EnclaveId is { } enclave ? ProcessTimes.CpuSeconds(enclave) : 0);

    public static CpuUse operator -(CpuUse after, CpuUse before) => new(
        after.Sender - before.Sender, after.Server - before.Server, after.Enclave - before.Enclave);
}
