using Microsoft.Extensions.Hosting;

namespace Sequencer.Gateway.Tests;

/// <summary>A background service that fails ends the program, and not as if it had been told to stop.</summary>
public class BackgroundFailureTests
{
    [Fact]
    public async Task FindFailure_OfAServiceThatFailed_IsItsException()
    {
        using var good = new Service(Task.Delay(Timeout.Infinite, CancellationToken.None));
        using var bad = new Service(Task.FromException(new InvalidDataException("broken")));
        await good.StartAsync(CancellationToken.None);
        GatewayHost.FindFailure([good]).Should().BeNull();
        try
        {
            await bad.StartAsync(CancellationToken.None);
            await bad.ExecuteTask!;
        }
        catch (InvalidDataException)
        {
            // The framework hands on at once what has failed at once.
        }

        GatewayHost.FindFailure([good, bad]).Should().BeOfType<InvalidDataException>();
    }

    private sealed class Service(Task work) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => work;
    }
}
