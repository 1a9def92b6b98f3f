using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sequencer.Core;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>Who is cut off, and who is not any more.</summary>
public class FeedReadersTests
{
    [Fact]
    public async Task CutOffStalled_ReaderThatLeftMeanwhile_LeavesItsConnectionAlone()
    {
        await using var gateway = await TestGateway.StartAsync();
        await (await gateway.PostJsonAsync("/sequence", "demo", """{"data":"x"}""")).JsonAsync();
        Stalled first = null!, second = null!;
        FeedReaders readers = null!;
        var logger = new WatchedLogger(() => readers.Leave(second.Reader));
        using (readers = new FeedReaders(
            gateway.Services.GetRequiredService<FeedSettings>() with { WriteTimeoutSeconds = 0 }, gateway.Core,
            gateway.Services.GetRequiredService<IHostApplicationLifetime>(), TimeProvider.System, logger))
        {
            first = Stalled.In(readers);
            second = Stalled.In(readers);
            var reading = Task.WhenAll(first.Reader.RunAsync(0), second.Reader.RunAsync(0));
            await Until.TrueAsync(
                () => first.Reader.StalledFor > TimeSpan.Zero && second.Reader.StalledFor > TimeSpan.Zero);

            readers.CutOffStalled();

            first.IsAborted.Should().BeTrue();
            second.IsAborted.Should().BeFalse("it had left when its turn came");
            readers.CutOff.Should().Be(1);
            first.Leave();
            second.Leave();
            await reading.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    /// <summary>A reader whose connection has no room at all.</summary>
    private sealed class Stalled : IHttpRequestLifetimeFeature
    {
        private readonly Pipe _connection = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));

        private Stalled(FeedReaders readers)
        {
            var context = new DefaultHttpContext();
            context.Features.Set<IHttpRequestLifetimeFeature>(this);
            context.Features.Set<IHttpResponseBodyFeature>(
                new StreamResponseBodyFeature(_connection.Writer.AsStream()));
            ChainId.TryParse("demo", out var chain).Should().BeTrue();
            Reader = new FeedReader(
                context, chain, "client", new FeedQuestion(0, new FeedForm(false, false), Finality.Enclave), readers);
        }

        public FeedReader Reader { get; }

        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public static Stalled In(FeedReaders readers)
        {
            var stalled = new Stalled(readers);
            readers.Enter(stalled.Reader).Should().BeNull();
            return stalled;
        }

        public void Abort() => IsAborted = true;

        public void Leave()
        {
            RequestAborted = new CancellationToken(canceled: true);
            _connection.Reader.Complete();
        }
    }

    private sealed class WatchedLogger(Action logged) : ILogger<FeedReaders>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => logged();
    }
}
