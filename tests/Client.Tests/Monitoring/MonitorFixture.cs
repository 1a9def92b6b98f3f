using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Monitoring;

/// <summary>A monitor over a gateway that tests move, with its evidence in a folder of its own.</summary>
internal sealed class MonitorFixture : IDisposable
{
    private readonly TempFolder _folder = new();

    public MonitorFixture(int size, params int[] epochStarts)
    {
        Log = new(size, epochStarts);
        Gateway.Serve(Log);
        Options.Policy = Log.Policy;
        Restart(null);
    }

    public TestLog Log { get; }

    public MovingGateway Gateway { get; } = new();

    public MonitorOptions Options { get; } = new();

    public LogMonitor Monitor { get; private set; } = null!;

    public static ChainId Chain => ChainId.TryParse(TestLog.Chain, out var chain)
        ? chain
        : throw new InvalidOperationException();

    public IEnumerable<string> EvidenceFiles => Directory.EnumerateFiles(_folder.Path, "evidence-*");

    /// <summary>A new monitor, that knows what a state file's text says.</summary>
    public void Restart(string? state) => Monitor = new(
        Gateway.Connect(), Chain, Log.Enclaves, new(_folder.Path), Options,
        state is null ? null : MonitorState.Parse(state), TestLog.Clock);

    /// <summary>A new monitor with what the last one knew, as after a crash right after saving.</summary>
    public void Restart() => Restart(Monitor.State!.ToJson());

    /// <summary>Looks at the log; the kinds of what was told, in order.</summary>
    public async Task<IEnumerable<MonitorEventKind>> LookAsync() =>
        (await Monitor.LookAsync()).Events.Select(told => told.Kind);

    public async Task<IEnumerable<MonitorEventKind>> LookAsync(TestLog log)
    {
        Gateway.Serve(log);
        return await LookAsync();
    }

    /// <summary>Looks at a log that serves another note as its checkpoint.</summary>
    public async Task<IEnumerable<MonitorEventKind>> LookAsync(TestLog log, string note)
    {
        Gateway.Serve(log).Now!.Replace("checkpoint", System.Text.Encoding.UTF8.GetBytes(note));
        return await LookAsync();
    }

    /// <summary>What a stranger, who has the evidence file and the operator's policy, makes of it.</summary>
    public EvidenceReport Verify() => new EvidenceVerifier(Log.Policy, Log.Enclaves)
        .Check(File.ReadAllText(EvidenceFiles.Single()));

    public void Dispose()
    {
        Gateway.Dispose();
        Log.Dispose();
        _folder.Dispose();
    }
}
