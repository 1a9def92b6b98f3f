namespace Sequencer.Bench.Load;

/// <summary>What one run of load came to.</summary>
internal sealed record LoadResult
{
    public required long Requests { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Answers that were not a success, and connections that failed.</summary>
    public required long Errors { get; init; }

    /// <summary>Processor time of sender, server and enclave in that time, in seconds.</summary>
    public required CpuUse Cpu { get; init; }

    /// <summary>In closed loop, the time from a request to its answer that half of them stayed below, in
    /// microseconds; in open loop see <see cref="OpenLoopResult"/>.</summary>
    public double P50Micros { get; init; }

    /// <summary>The same for 99 of a hundred.</summary>
    public double P99Micros { get; init; }

    public double PerSecond => Requests / Seconds;

    /// <summary>The sender's part of all processors, 0 to 1: a slow sender flatters a ratio.</summary>
    public double SenderShare => Cpu.Sender / (Seconds * Environment.ProcessorCount);

    /// <summary>Processor time of the server for one request, in microseconds.</summary>
    public double ServerMicros => Cpu.Server * 1e6 / Requests;

    /// <summary>Processor time of the enclave for one request, in microseconds.</summary>
    public double EnclaveMicros => Cpu.Enclave * 1e6 / Requests;
}
