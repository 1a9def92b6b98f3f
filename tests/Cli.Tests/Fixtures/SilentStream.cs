namespace Sequencer.Cli.Tests.Fixtures;

/// <summary>An input that says nothing until it is released; tells when somebody waits for it.</summary>
internal sealed class SilentStream(Action awaited, ManualResetEventSlim released) : MemoryStream
{
    public override int Read(Span<byte> buffer)
    {
        awaited();
        released.Wait(); // as a terminal does at which nobody types: that is what this stream stands for
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
}
