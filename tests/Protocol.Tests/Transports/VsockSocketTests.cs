namespace Sequencer.Protocol.Tests.Transports;

/// <summary>What a refusal of the kernel is told as; no vsock socket is opened here.</summary>
public sealed class VsockSocketTests
{
    private const int AddressFamilyNotSupported = 97;
    private const int TooManyOpenFiles = 24;

    [Fact]
    public void Refused_NoSuchFamily_NamesTheModules() =>
        VsockSocket.Refused(AddressFamilyNotSupported).Message
            .Should().Contain("has no vsock").And.Contain("modules");

    [Fact]
    public void Refused_NoHandlesLeft_DoesNotBlameTheKernel() =>
        VsockSocket.Refused(TooManyOpenFiles).Message
            .Should().Be("No vsock socket can be had: Too many open files.");
}
