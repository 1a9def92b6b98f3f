using Serilog.Formatting.Compact;

namespace Sequencer.Gateway.Tests;

public class BufferedOutputTests
{
    [Fact]
    public void Write_ToAFullDisk_DoesNotFailWhoeverLogs()
    {
        var disk = new FullDisk();
        using (var output = new BufferedOutput(new RenderedCompactJsonFormatter(), disk))
        {
            output.Write(new byte[64 * 1024]);
            output.Write("and on"u8);
        }

        disk.Refused.Should().Be(2);
    }

    private sealed class FullDisk : MemoryStream
    {
        public int Refused { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Refused++;
            throw new IOException("No space left on device");
        }
    }
}
