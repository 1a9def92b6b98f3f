using System.Buffers.Binary;
using System.Formats.Cbor;
using Microsoft.Extensions.Time.Testing;

namespace Sequencer.Protocol.Tests;

public sealed class FrameConnectionTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly PipeTransport _transport = new();

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(70_000)]
    [InlineData(Limits.FrameBytesMax - 5)]
    public async Task Write_AFrame_IsReadWhole(int length)
    {
        var (near, far) = await OpenAsync();
        await using var sender = new FrameConnection(near, _time);
        await using var receiver = new FrameConnection(far, _time);
        var content = new byte[length];
        content.AsSpan().Fill(0x5a);
        var reading = receiver.ReadAsync(default);
        await sender.WriteAsync(content, static (writer, bytes) => writer.WriteByteString(bytes), default);
        new CborReader((await reading)!).ReadByteString().Should().Equal(content);
    }

    [Fact]
    public async Task Read_FramesThatArriveTogetherOrInPieces_AreToldApart()
    {
        var (near, far) = await OpenAsync();
        await using var receiver = new FrameConnection(far, _time);
        byte[] bytes = [.. Frame(1, 2, 3), .. Frame(4), .. Frame(5, 6)];
        var reading = receiver.ReadAsync(default);
        foreach (var part in bytes)
            await near.WriteAsync(new[] { part });
        (await reading).Should().Equal(1, 2, 3);
        (await receiver.ReadAsync(default)).Should().Equal(4);
        (await receiver.ReadAsync(default)).Should().Equal(5, 6);
        await near.DisposeAsync();
        (await receiver.ReadAsync(default)).Should().BeNull("the peer closed between two frames");
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(Limits.FrameBytesMax + 1u)]
    [InlineData(uint.MaxValue)]
    public async Task Read_ALengthThatNoFrameHas_IsRefusedAtOnceAndForNoMemory(uint length)
    {
        var (near, far) = await OpenAsync();
        await using var receiver = new FrameConnection(far, _time);
        var header = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(header, length);
        await near.WriteAsync(header);
        var act = () => Measured(receiver);
        (await act.Should().ThrowAsync<ProtocolException>())
            .Which.Reason.Should().Be(ProtocolError.FrameSize);
    }

    [Fact]
    public async Task Read_ALargeFrameAnnounced_TakesMemoryOnlyAsItArrives()
    {
        var (near, far) = await OpenAsync();
        await using var receiver = new FrameConnection(far, _time);
        await near.WriteAsync(new byte[] { 0x00, 0x40, 0x00, 0x00, 0x01, 0x02 });
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = receiver.ReadAsync(default);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(512 * 1024);
        reading.IsCompleted.Should().BeFalse();
        await near.DisposeAsync();
        var act = async () => await reading;
        await act.Should().ThrowAsync<ProtocolException>();
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 4 })]
    [InlineData(new byte[] { 0, 0, 0, 4, 1, 2 })]
    public async Task Read_AStreamThatEndsInsideAFrame_IsTruncated(byte[] bytes)
    {
        var (near, far) = await OpenAsync();
        await using var receiver = new FrameConnection(far, _time);
        await near.WriteAsync(bytes);
        await near.DisposeAsync();
        var act = async () => await receiver.ReadAsync(default);
        (await act.Should().ThrowAsync<ProtocolException>())
            .Which.Reason.Should().Be(ProtocolError.FrameTruncated);
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 0, 0, 4, 1, 2 })]
    public async Task Read_HalfAFrameAndThenNothing_TimesOut(byte[] bytes)
    {
        var (near, far) = await OpenAsync();
        await using var receiver = new FrameConnection(far, _time);
        await near.WriteAsync(bytes);
        var reading = receiver.ReadAsync(default);
        _time.Advance(Limits.FrameTimeout);
        var act = async () => await reading;
        (await act.Should().ThrowAsync<ProtocolException>())
            .Which.Reason.Should().Be(ProtocolError.FrameTimeout);
    }

    [Fact]
    public async Task Read_NothingForLong_IsIdle()
    {
        var (_, far) = await OpenAsync();
        await using var receiver = new FrameConnection(far, _time);
        var reading = receiver.ReadAsync(default);
        _time.Advance(Limits.IdleTimeout - TimeSpan.FromTicks(1));
        reading.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromTicks(1));
        var act = async () => await reading;
        (await act.Should().ThrowAsync<ProtocolException>())
            .Which.Reason.Should().Be(ProtocolError.IdleTimeout);
    }

    [Fact]
    public async Task Read_Cancelled_IsNoTimeout()
    {
        var (_, far) = await OpenAsync();
        await using var receiver = new FrameConnection(far, _time);
        using var cancellation = new CancellationTokenSource();
        var reading = receiver.ReadAsync(cancellation.Token);
        await cancellation.CancelAsync();
        var act = async () => await reading;
        await act.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Write_APeerThatTakesNothing_TimesOut()
    {
        var (near, _) = await OpenAsync();
        await using var sender = new FrameConnection(near, _time);
        var writing = sender.WriteAsync(
            1_000_000, static (writer, n) => writer.WriteByteString(new byte[n]), default);
        writing.IsCompleted.Should().BeFalse();
        _time.Advance(Limits.FrameTimeout);
        var act = async () => await writing;
        (await act.Should().ThrowAsync<ProtocolException>())
            .Which.Reason.Should().Be(ProtocolError.FrameTimeout);
    }

    [Fact]
    public async Task Write_AFrameOverTheLimit_IsRefusedAndNothingIsSent()
    {
        var (near, far) = await OpenAsync();
        await using var sender = new FrameConnection(near, _time);
        await using var receiver = new FrameConnection(far, _time);
        var act = async () => await sender.WriteAsync(
            Limits.FrameBytesMax, static (writer, n) => writer.WriteByteString(new byte[n]), default);
        (await act.Should().ThrowAsync<ProtocolException>())
            .Which.Reason.Should().Be(ProtocolError.FrameSize);
        await sender.WriteAsync(5, static (writer, n) => writer.WriteInt32(n), default);
        (await receiver.ReadAsync(default)).Should().Equal(5);
    }

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    private static byte[] Frame(params byte[] payload) => [0, 0, 0, (byte)payload.Length, .. payload];

    private static async Task Measured(FrameConnection receiver)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = receiver.ReadAsync(default);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(512 * 1024);
        await reading;
    }

    private async Task<(Stream Near, Stream Far)> OpenAsync()
    {
        var near = await _transport.ConnectAsync(default);
        return (near, await _transport.AcceptAsync(default));
    }
}
