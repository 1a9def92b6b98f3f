using System.Diagnostics;
using System.Globalization;

namespace Sequencer.Bench.Running;

/// <summary>Processor time and memory of processes, from <c>/proc</c> (proc(5)).</summary>
internal static class ProcessTimes
{
    private const int UserTimeField = 14;
    private const int ChildrenUserTimeField = 16;
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of all processors that a process has used; 0 when it is gone.</summary>
    public static double CpuSeconds(int processId) => ReadPair(processId, UserTimeField);

    /// <summary>The same of every child of this process that has ended and was waited for.</summary>
    public static double EndedChildrenCpuSeconds() => ReadPair(Environment.ProcessId, ChildrenUserTimeField);

    /// <summary>Resident memory now, in bytes; 0 when the process is gone.</summary>
    public static long ResidentBytes(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.WorkingSet64;
        }
        catch (ArgumentException)
        {
            return 0;
        }
    }

    private static double ReadPair(int processId, int field)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat");
        if (!File.Exists(path))
            return 0;
        var stat = File.ReadAllText(path);
        // The second field, the name, may hold spaces: count from its closing bracket.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Ticks(fields[field - 3]) + Ticks(fields[field - 2])) / TicksPerSecond;
    }

    private static double Ticks(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
