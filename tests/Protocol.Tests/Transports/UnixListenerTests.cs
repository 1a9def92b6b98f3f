using System.Net.Sockets;
using Sequencer.Testing;

namespace Sequencer.Protocol.Tests;

public sealed class UnixListenerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private EnclaveEndpoint.Unix Endpoint => new(_folder.Under("enclave.sock"));

    [Fact]
    public async Task BothSides_CarryBytesBothWays()
    {
        await using var listener = EnclaveTransports.Listen(Endpoint);
        await using var near = await ConnectAsync();
        await using var far = await listener.AcceptAsync(default);
        var buffer = new byte[3];
        await near.WriteAsync(new byte[] { 1, 2, 3 });
        await far.ReadExactlyAsync(buffer);
        buffer.Should().Equal(1, 2, 3);
        await far.WriteAsync(new byte[] { 4, 5, 6 });
        await near.ReadExactlyAsync(buffer);
        buffer.Should().Equal(4, 5, 6);
    }

    [Fact]
    public async Task Listen_TheSocket_IsItsOwnersAlone()
    {
        await using var listener = EnclaveTransports.Listen(Endpoint);
        File.GetUnixFileMode(Endpoint.Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Listen_ASocketThatNobodyAnswersOn_IsReplaced()
    {
        // As a killed process leaves it: bound, and closed without being removed.
        using (var left = new System.Net.Sockets.Socket(
                   System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0))
        {
            left.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Endpoint.Path));
            File.Move(Endpoint.Path, Endpoint.Path + ".left");
        }

        File.Move(Endpoint.Path + ".left", Endpoint.Path);
        await using var listener = EnclaveTransports.Listen(Endpoint);
        await using var near = await ConnectAsync();
        near.CanWrite.Should().BeTrue();
    }

    [Fact]
    public async Task Listen_WhereAnotherListens_IsRefusedAndTheOtherLivesOn()
    {
        await using var listener = EnclaveTransports.Listen(Endpoint);
        var act = () => EnclaveTransports.Listen(Endpoint);
        act.Should().Throw<IOException>().WithMessage("*already listens*");
        (await listener.AcceptAsync(default)).Dispose(); // the probe
        await using var near = await ConnectAsync();
        near.CanWrite.Should().BeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("precious")]
    public void Listen_OnAFile_IsRefusedAndTheFileKept(string content)
    {
        File.WriteAllText(Endpoint.Path, content);
        var act = () => EnclaveTransports.Listen(Endpoint);
        act.Should().Throw<IOException>().WithMessage("*is no socket*");
        File.ReadAllText(Endpoint.Path).Should().Be(content);
    }

    [Fact]
    public void Listen_WhereASocketOfAnotherKindIs_IsRefusedAndItIsKept()
    {
        using var datagrams = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        datagrams.Bind(new UnixDomainSocketEndPoint(Endpoint.Path));
        var act = () => EnclaveTransports.Listen(Endpoint);
        act.Should().Throw<IOException>().WithMessage("*nothing can listen*another path*");
        File.Exists(Endpoint.Path).Should().BeTrue();
    }

    [Fact]
    public void Listen_InAFolderThatDoesNotExist_SaysSo()
    {
        var nowhere = new EnclaveEndpoint.Unix(_folder.Under("no/e.sock"));
        var act = () => EnclaveTransports.Listen(nowhere);
        act.Should().Throw<IOException>().WithMessage("Cannot listen on unix://*");
    }

    [Fact]
    public async Task Connect_WhereNobodyListens_SaysWhatToLookAt()
    {
        var act = ConnectAsync;
        await act.Should().ThrowAsync<IOException>().WithMessage("*is its program running?");
    }

    [Fact]
    public async Task Dispose_RemovesTheSocketAndEndsTheAccept()
    {
        var listener = EnclaveTransports.Listen(Endpoint);
        var accepting = listener.AcceptAsync(default);
        await listener.DisposeAsync();
        await FluentActions.Awaiting(async () => await accepting).Should().ThrowAsync<Exception>();
        File.Exists(Endpoint.Path).Should().BeFalse();
    }

    public void Dispose() => _folder.Dispose();

    private Task<Stream> ConnectAsync() =>
        EnclaveTransports.Connect(Endpoint, TimeProvider.System).ConnectAsync(default).AsTask();
}
