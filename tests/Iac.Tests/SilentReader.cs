namespace Sequencer.Iac.Tests;

/// <summary>A terminal at which nobody types anything until it is closed.</summary>
internal sealed class SilentReader(Action onRead) : TextReader
{
    private readonly ManualResetEventSlim _closed = new();

    public override string? ReadLine()
    {
        onRead();
        _closed.Wait();
        return null;
    }

    protected override void Dispose(bool disposing)
    {
        _closed.Set();
        base.Dispose(disposing);
    }
}
