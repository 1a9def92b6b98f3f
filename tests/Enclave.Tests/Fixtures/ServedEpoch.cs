using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Sequencer.Protocol;

namespace Sequencer.Enclave.Tests;

/// <summary>An epoch behind its server, reached over in-process pipes.</summary>
internal sealed class ServedEpoch : IAsyncDisposable
{
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(300);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    public ServedEpoch()
    {
        var server = new EnclaveServer(Epoch.Machine, Transport, Time, Report);
        _serving = server.RunAsync(RenewalInterval, _stopping.Token);
    }

    public Epoch Epoch { get; } = Epoch.Boot();

    public PipeTransport Transport { get; } = new();

    /// <summary>The server's clock for time-outs and renewals.</summary>
    public FakeTimeProvider Time { get; } = new();

    public BlockingCollection<string> Reports { get; } = [];

    /// <param name="generation">As of <see cref="EnclaveSession.OpenAsync"/>.</param>
    /// <param name="time">The session's own clock; the system's if null.</param>
    public Task<EnclaveSession> OpenAsync(ulong? generation, TimeProvider? time = null) =>
        EnclaveSession.OpenAsync(Transport, generation, time ?? TimeProvider.System, default);

    /// <summary>A connection on which the test writes frames itself.</summary>
    public async Task<FrameConnection> ConnectAsync() =>
        new(await Transport.ConnectAsync(default), TimeProvider.System);

    /// <summary>Waits for the server's next report.</summary>
    public Task<string> ReportAsync() => Task.Run(Reports.Take);

    public Task StopAsync()
    {
        _stopping.Cancel();
        return _serving;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Transport.DisposeAsync();
        Epoch.Dispose();
        Reports.Dispose();
        _stopping.Dispose();
    }

    private void Report(string line) => Reports.Add(line);
}
