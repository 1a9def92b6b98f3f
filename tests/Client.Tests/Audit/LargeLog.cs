using Sequencer.Client.Tests.Fixtures;

namespace Sequencer.Client.Tests.Audit;

/// <summary>A log of three levels of tiles and three epochs, made once for the tests of a class.</summary>
public sealed class LargeLog : IDisposable
{
    internal const int Size = 70_000;

    internal TestLog Log { get; } = new(Size, 1_000, 66_000);

    public void Dispose() => Log.Dispose();
}
