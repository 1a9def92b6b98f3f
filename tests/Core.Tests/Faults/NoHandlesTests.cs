using System.Diagnostics;

namespace Sequencer.Core.Tests.Faults;

/// <summary>A real process whose open files may not become more.</summary>
public sealed class NoHandlesTests
{
    /// <summary>Found by hand: it was no IOException, which is waited out, and ended the gateway.</summary>
    [Fact]
    public async Task Connecting_WithNoHandleLeft_IsAnEnclaveThatCannotBeReached()
    {
        var worker = typeof(NoHandlesTests).Assembly.Location;
        using var process = Process.Start(new ProcessStartInfo(
            "sh", ["-c", $"ulimit -n 256; exec dotnet '{worker}' no-handles-worker /nowhere/enclave.sock"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        output.Should().StartWith(
            "IOException: No socket can be had for unix:///nowhere/enclave.sock: Too many open files");
        process.ExitCode.Should().Be(0);
    }
}
