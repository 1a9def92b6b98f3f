using System.Net;
using System.Net.Sockets;
using CsCheck;

namespace Sequencer.Protocol.Tests.Transports;

/// <summary>
/// The address alone. A vsock socket is never opened on the machine that runs the tests:
/// <c>make test-vsock</c> does that inside a guest, <c>make test-nitro</c> inside an emulated enclave.
/// </summary>
public class VsockEndPointTests
{
    [Fact]
    public void Serialize_CidAndPort_IsTheKernelsSockaddrVm()
    {
        var address = new VsockEndPoint(cid: 3, port: 9000).Serialize();
        address.Size.Should().Be(16);
        Convert.ToHexStringLower(address.Buffer.Span[..16]).Should().Be(
            "2800" + "0000" + "28230000" + "03000000" + "00000000");
    }

    [Fact]
    public void Serialize_ThenCreate_GivesTheSameEndPoint() =>
        Gen.Select(Gen.UInt, Gen.UInt).Sample((cid, port) =>
        {
            var endPoint = new VsockEndPoint(cid, port);
            endPoint.Create(endPoint.Serialize()).Should().Be(endPoint);
        });

    /// <summary>.NET gives a socket made from a handle this family and connects it to no other.</summary>
    [Fact]
    public void AddressFamily_IsTheOneThatWrappedSocketsHave() =>
        new VsockEndPoint(3, 9000).AddressFamily.Should().Be(AddressFamily.Unknown);

    [Fact]
    public void Create_AddressOfAnotherFamily_IsRefused()
    {
        var other = new IPEndPoint(IPAddress.Loopback, 1).Serialize();
        FluentActions.Invoking(() => new VsockEndPoint(3, 1).Create(other))
            .Should().Throw<ArgumentException>();
    }

    [Fact]
    public void ToString_IsTheUriOfTheConfiguration() =>
        new VsockEndPoint(16, 5005).ToString().Should().Be("vsock://16:5005");
}
