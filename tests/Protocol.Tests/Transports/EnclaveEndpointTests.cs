namespace Sequencer.Protocol.Tests;

public sealed class EnclaveEndpointTests
{
    [Theory]
    [InlineData("in-process")]
    [InlineData("unix:///run/enclave.sock")]
    [InlineData("vsock://16:5005")]
    [InlineData("vsock://0:0")]
    [InlineData("vsock://4294967294:4294967295")]
    [InlineData("vsock://any:5005")]
    public void Parse_AnEndpoint_IsWrittenAsItWasRead(string text) =>
        EnclaveEndpoint.Parse(text).ToString().Should().Be(text);

    [Theory]
    [InlineData("")]
    [InlineData("In-Process")]
    [InlineData("in-process ")]
    [InlineData("unix://")]
    [InlineData("unix://relative.sock")]
    [InlineData("unix:/run/enclave.sock")]
    [InlineData("tcp://127.0.0.1:5005")]
    [InlineData("vsock://16")]
    [InlineData("vsock://16:")]
    [InlineData("vsock://:5005")]
    [InlineData("vsock://16:5005:1")]
    [InlineData("vsock://-1:5005")]
    [InlineData("vsock://+16:5005")]
    [InlineData("vsock:// 16:5005")]
    [InlineData("vsock://4294967295:5005")]
    [InlineData("vsock://16:4294967296")]
    [InlineData("vsock://ANY:5005")]
    [InlineData("vsock://16:any")]
    public void Parse_AnythingElse_SaysWhatToUse(string text)
    {
        var act = () => EnclaveEndpoint.Parse(text);
        act.Should().Throw<FormatException>().WithMessage("*unix:///absolute/path*");
    }

    [Fact]
    public void Parse_APathLongerThanASocketsAddress_IsRefused()
    {
        EnclaveEndpoint.Parse("unix:///" + new string('a', 106)).Should().BeOfType<EnclaveEndpoint.Unix>();
        var act = () => EnclaveEndpoint.Parse("unix:///" + new string('a', 105) + "é");
        act.Should().Throw<FormatException>().WithMessage("*at most 107 bytes*");
    }

    [Theory]
    [InlineData("in-process")]
    [InlineData("vsock://any:5005")]
    public void Connect_WhatCannotBeConnectedTo_IsRefused(string text)
    {
        var act = () => EnclaveTransports.Connect(EnclaveEndpoint.Parse(text), TimeProvider.System);
        act.Should().Throw<FormatException>();
    }

    [Theory]
    [InlineData("in-process")]
    [InlineData("vsock://16:5005")]
    public void Listen_WhatCannotBeListenedOn_IsRefused(string text)
    {
        var act = () => EnclaveTransports.Listen(EnclaveEndpoint.Parse(text));
        act.Should().Throw<FormatException>();
    }
}
