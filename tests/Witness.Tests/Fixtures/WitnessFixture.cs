using Microsoft.Extensions.Logging.Abstractions;
using Sequencer.Testing;

namespace Sequencer.Witness.Tests;

/// <summary>
/// A witness without its HTTP side, over a simulated disk, that can lose its process and its machine.
/// </summary>
internal sealed class WitnessFixture : IAsyncDisposable
{
    private readonly HttpMessageInvoker _http;
    private WitnessService? _service;

    private WitnessFixture(LogRules rules, HttpMessageHandler epochs) =>
        (Rules, _http) = (rules, new HttpMessageInvoker(epochs));

    public SimulatedDisk Disk { get; } = new();

    public ManualClock Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    public WitnessKey Key { get; } = NewKey(9);

    public LogRules Rules { get; }

    public CheckpointWitness Witness => _service!.Witness;

    public static WitnessFixture Start(params LogRule[] rules) => Start(new EpochServer(), rules);

    /// <param name="epochs">Answers what is asked about epochs.</param>
    public static WitnessFixture Start(EpochServer epochs, params LogRule[] rules)
    {
        var fixture = new WitnessFixture(new LogRules(rules), epochs);
        fixture.Open(initialise: true);
        return fixture;
    }

    public static LogRule RuleFor(TestLog log) => new() { Name = "test", Key = log.Key, OriginsMax = 1 };

    public static WitnessKey NewKey(byte seed) => new(
        "witness.example", NoteSigner.FromSeed(Enumerable.Repeat(seed, NoteSigner.SeedSizeBytes).ToArray()));

    public async Task<Verdict> AddAsync(AddCheckpointRequest request) =>
        await Witness.AddAsync(
            System.Text.Encoding.UTF8.GetBytes(request.ToString()), CancellationToken.None);

    /// <summary>The process ends and begins anew; with chance, the machine loses power in between.</summary>
    public async Task RestartAsync(Random? powerLoss = null)
    {
        await _service!.DisposeAsync();
        if (powerLoss is not null)
            Disk.Crash(powerLoss);
        Open(initialise: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _service!.DisposeAsync();
        _http.Dispose();
        Key.Dispose();
    }

    private void Open(bool initialise) => _service = WitnessService.Start(
        Rules, Key, Disk, initialise, _http, Time, NullLoggerFactory.Instance);
}
