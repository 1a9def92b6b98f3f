using System.Runtime.InteropServices;
using SharpFuzz;
using SharpFuzz.Common;

namespace Sequencer.Fuzz;

/// <summary>SharpFuzz's probes: each branch counts itself in a map that afl-fuzz shares.</summary>
internal static unsafe class Probes
{
    private const int MapBytes = 1 << 16;

    /// <summary>Puts probes into an assembly's file.</summary>
    public static void PutInto(string assembly) =>
        Fuzzer.Instrument(assembly, static _ => true, Options.Value);

    /// <summary>Gives the probes a map of their own, for what runs before afl-fuzz's is there.</summary>
    public static void Prepare() => Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(MapBytes);
}
