namespace Sequencer.Protocol.Tests;

public sealed class PipeTransportTests
{
    [Fact]
    public async Task Dispose_WhoeverWasNotAccepted_SeesTheEnd()
    {
        var transport = new PipeTransport();
        await using var waiting = await transport.ConnectAsync(default);
        await transport.DisposeAsync();
        (await waiting.ReadAsync(new byte[1])).Should().Be(0);
        var later = async () => await transport.ConnectAsync(default);
        await later.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task Connect_WhileNobodyAccepts_WaitsRatherThanPileUp()
    {
        await using var transport = new PipeTransport();
        using var cancellation = new CancellationTokenSource();
        Task<Stream> connecting;
        var connected = 0;
        while ((connecting = transport.ConnectAsync(cancellation.Token).AsTask()).IsCompletedSuccessfully)
            (++connected).Should().BeLessThan(100);
        await cancellation.CancelAsync();
        await FluentActions.Awaiting(() => connecting).Should().ThrowAsync<OperationCanceledException>();
    }
}
