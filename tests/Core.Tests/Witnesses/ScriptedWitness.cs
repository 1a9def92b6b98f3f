using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>A witness that answers as a test says; it may pass a question on to an honest one.</summary>
internal sealed class ScriptedWitness(
    string name, Func<ulong, ReadOnlyMemory<byte>, CancellationToken, Task<WitnessAnswer>> answer) : IWitness
{
    private int _asked;

    public string Name { get; } = name;

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>One that gives the same answer for ever.</summary>
    public static ScriptedWitness Always(string name, WitnessAnswer answer) =>
        new(name, (_, _, _) => Task.FromResult(answer));

    /// <summary>One that never answers.</summary>
    public static ScriptedWitness Hung(string name) => new(name, async (_, _, cancellation) =>
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        throw new InvalidOperationException();
    });

    public Task<WitnessAnswer> AddCheckpointAsync(
        ulong oldSize, IReadOnlyList<Hash> proof, ReadOnlyMemory<byte> checkpoint, CancellationToken ct)
    {
        Interlocked.Increment(ref _asked);
        return answer(oldSize, checkpoint, ct);
    }
}
