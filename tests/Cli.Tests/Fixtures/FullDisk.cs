using Sequencer.Cli.Terminal;

namespace Sequencer.Cli.Tests.Fixtures;

/// <summary>An output that takes no more after some lines.</summary>
internal sealed class FullDisk(int lines = 0) : StringWriter
{
    private int _left = lines;

    public override void WriteLine(string? value)
    {
        if (_left-- == 0)
            throw new OutputException("No space left on device");
        base.WriteLine(value);
    }
}
