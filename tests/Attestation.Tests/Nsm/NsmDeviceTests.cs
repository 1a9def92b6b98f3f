namespace Sequencer.Attestation.Tests;

/// <summary>What can be seen of the device without one.</summary>
public class NsmDeviceTests
{
    [Fact]
    public void Open_NoDevice_SaysThatThisIsNoEnclave()
    {
        FluentActions.Invoking(() => NsmDevice.Open("/dev/no-such-nsm"))
            .Should().Throw<NsmException>()
            .Where(exception => exception.Error == NsmError.DeviceUnavailable
                && exception.Message.Contains("/dev/no-such-nsm"));
        FluentActions.Invoking(() => NsmDevice.Open("/proc"))
            .Should().Throw<NsmException>().Which.Error.Should().Be(NsmError.DeviceUnavailable);
    }

    /// <summary>The ioctl itself, on a device that has no such call.</summary>
    [Fact]
    public void Call_AnotherDevice_IsNoNsm()
    {
        using var device = NsmDevice.Open("/dev/null");
        device.Invoking(nsm => nsm.GetRandom())
            .Should().Throw<NsmException>().Which.Error.Should().Be(NsmError.NotAnNsm);
        device.Invoking(nsm => nsm.Attest(null, null, null))
            .Should().Throw<NsmException>().Which.Error.Should().Be(NsmError.NotAnNsm);
    }

    [Fact]
    public void Call_AfterDispose_IsRefused()
    {
        var device = NsmDevice.Open("/dev/null");
        device.Dispose();
        device.Invoking(nsm => nsm.GetRandom()).Should().Throw<ObjectDisposedException>();
    }

    /// <summary>_IOWR(0x0A, 0, 32 bytes), from its parts.</summary>
    [Fact]
    public void IoctlNumber_IsThatOfTheHeader()
    {
        NsmDevice.IoctlRaw.Should().Be((3u << 30) | (32u << 16) | (0x0au << 8) | 0u);
    }

    [Theory]
    [InlineData(5, NsmError.DeviceFailure)]
    [InlineData(22, NsmError.NotAnNsm)]
    [InlineData(25, NsmError.NotAnNsm)]
    [InlineData(61, NsmError.NoData)]
    [InlineData(90, NsmError.RequestTooLong)]
    [InlineData(110, NsmError.Timeout)]
    [InlineData(14, NsmError.SystemError)]
    public void ErrorNumbers_HaveTheirMeaning(int errno, NsmError error)
    {
        var exception = NsmDevice.FromErrno(errno);
        exception.Error.Should().Be(error);
        exception.Message.Should().Contain($"{errno}");
    }
}
