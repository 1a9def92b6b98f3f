using Microsoft.Extensions.Time.Testing;
using Sequencer.EnclaveHost;
using Sequencer.Protocol;

namespace Sequencer.Enclave.Tests;

/// <summary>What of a first process can be tried without being one.</summary>
public sealed class BootTests
{
    private const string CommandLine =
        "reboot=t virtio_mmio.device=512@0xfeb00e00:12 quiet "
        + "virtio_mmio.device=512@0xfeb00c00:11 x=virtio_mmio.y\n";

    [Fact]
    public void Parameters_OfTheAnnouncingModule_AreTheKernelsWordsForIt() =>
        KernelModules.Parameters("/modules/01-virtio_mmio_cmdline.ko", CommandLine)
            .Should().Be("device=512@0xfeb00e00:12 device=512@0xfeb00c00:11");

    [Theory]
    [InlineData("/modules/02-virtio_mmio.ko")]
    [InlineData("/modules/06-nsm.ko")]
    public void Parameters_OfAnyOtherModule_AreNone(string path) =>
        KernelModules.Parameters(path, CommandLine).Should().BeEmpty();

    [Fact]
    public void Load_WithoutAFolder_IsNoError() => KernelModules.Load("/nonexistent/modules", CommandLine);

    [Fact]
    public async Task Heartbeat_AnsweredAsItShouldBe_Returns()
    {
        await using var parent = new PipeTransport();
        var beating = Heartbeat.SendAsync(parent, TimeProvider.System);
        await using var stream = await parent.AcceptAsync(default);
        var beat = new byte[2];
        (await stream.ReadAsync(beat)).Should().Be(1);
        beat[0].Should().Be(0xb7);
        await stream.WriteAsync(beat.AsMemory(0, 1));
        await beating;
    }

    [Fact]
    public async Task Heartbeat_AnsweredOtherwise_IsAnError()
    {
        await using var parent = new PipeTransport();
        var beating = Heartbeat.SendAsync(parent, TimeProvider.System);
        await using var stream = await parent.AcceptAsync(default);
        await stream.WriteAsync(new byte[] { 0x01 });
        await FluentActions.Awaiting(() => beating).Should().ThrowAsync<IOException>().WithMessage("*0x01*");
    }

    [Fact]
    public async Task Heartbeat_NotAnswered_IsAnErrorInTime()
    {
        var time = new FakeTimeProvider();
        await using var parent = new PipeTransport();
        var beating = Heartbeat.SendAsync(parent, time);
        await using var stream = await parent.AcceptAsync(default);
        time.Advance(TimeSpan.FromSeconds(10));
        await FluentActions.Awaiting(() => beating)
            .Should().ThrowAsync<IOException>().WithMessage("*within 10 s*");
    }
}
