using Sequencer.Eif;
using Xunit.Abstractions;

namespace Sequencer.Nitro.LiveTests;

/// <summary>
/// The vsock transport over a real AF_VSOCK, the kernel's loopback, inside a guest: no such socket is opened
/// on the host. The guest's program is tests/Nitro.Guest; it prints a line for each check.
/// </summary>
[Trait("Category", "vsock")]
public class TransportTests(ITestOutputHelper output)
{
    private static readonly TimeSpan GuestTimeout = TimeSpan.FromSeconds(120);

    [VsockFact]
    public async Task Transport_OverLoopbackInAGuest_PassesEveryCheck()
    {
        var ramdisk = Path.GetTempFileName();
        try
        {
            var archive = CpioArchive.Write(CpioArchive.EntriesOf(NitroFiles.GuestFolder));
            await File.WriteAllBytesAsync(ramdisk, archive);
            await using var guest = LiveProcess.Start(
                "qemu-system-x86_64", "-M", "q35", "-cpu", "max", "-accel", "tcg,thread=multi", "-smp", "2",
                "-m", "512M", "-nographic", "-nodefaults", "-no-reboot", "-net", "none", "-serial", "stdio",
                "-kernel", NitroFiles.GuestKernel, "-initrd", ramdisk,
                "-append", "console=ttyS0 quiet panic=-1 reboot=t");
            await guest.WaitForExitAsync(GuestTimeout);
            output.WriteLine(guest.Output.Replace("FIGURE ", "figure: ", StringComparison.Ordinal));
            guest.Output.Should().MatchRegex("DONE [1-9][0-9]* passed, 0 failed").And.NotContain("FAIL");
        }
        finally
        {
            File.Delete(ramdisk);
        }
    }
}
