using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Sequencer.Core;

/// <summary>The core's measurements; names and meanings are listed in docs/metrics.md.</summary>
public sealed class CoreMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Sequencer.Core";

    /// <summary>Each <see cref="RefusalCode"/> as docs/errors.md spells it.</summary>
    private static readonly string[] Codes =
        [.. Enum.GetNames<RefusalCode>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    private readonly Meter _meter;
    private readonly Histogram<int> _batchEntries;
    private readonly Histogram<double> _commitSeconds;
    private readonly Histogram<double> _enclaveSeconds;
    private readonly Histogram<double> _publishSeconds;
    private readonly Counter<long> _entries;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _witnessAnswers;
    private readonly Histogram<double> _witnessSeconds;
    private Func<SequencerStatus>? _status;

    public CoreMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _batchEntries = _meter.CreateHistogram<int>(
            "sequencer.batch.entries", "{entry}", "Entries of a round, made durable and signed together.");
        _commitSeconds = _meter.CreateHistogram<double>(
            "sequencer.commit.duration", "s", "From closing a round until it is on stable storage.");
        _enclaveSeconds = _meter.CreateHistogram<double>(
            "sequencer.enclave.duration", "s", "From asking the enclave for signatures until it answers.");
        _publishSeconds = _meter.CreateHistogram<double>(
            "sequencer.publish.duration", "s", "From a durable round until a chain's callers in it have receipts.");
        _entries = _meter.CreateCounter<long>(
            "sequencer.entries", "{entry}", "Entries that were receipted.");
        _refusals = _meter.CreateCounter<long>(
            "sequencer.refusals", "{submission}", "Submissions refused, by code.");
        _witnessAnswers = _meter.CreateCounter<long>(
            "sequencer.witness.answers", "{answer}", "Answers of witnesses, by witness and outcome.");
        _witnessSeconds = _meter.CreateHistogram<double>(
            "sequencer.witness.duration", "s", "From asking the witnesses until a checkpoint has its quorum.");
        _meter.CreateObservableGauge(
            "sequencer.witnessed.age", () => _status?.Invoke().WitnessedAge?.TotalSeconds ?? 0, "s",
            "Time since the newest checkpoint of any chain that has its quorum was published.");
        _meter.CreateObservableGauge(
            "sequencer.queue.entries", () => _status?.Invoke().QueueEntries ?? 0, "{entry}",
            "Entries admitted that have no outcome yet.");
        _meter.CreateObservableGauge(
            "sequencer.queue.bytes", () => _status?.Invoke().QueueBytes ?? 0, "By",
            "Bytes of entries admitted that have no outcome yet.");
        _meter.CreateObservableGauge(
            "sequencer.chains", () => _status?.Invoke().Chains ?? 0, "{chain}", "Chains open in this process.");
        _meter.CreateObservableGauge(
            "sequencer.stopped.chains", () => _status?.Invoke().StoppedChains.Count ?? 0, "{chain}",
            "Chains that a fatal error stopped.");
        _meter.CreateObservableGauge(
            "sequencer.checkpoint.age", () => _status?.Invoke().CheckpointAge?.TotalSeconds ?? 0, "s",
            "Time since the newest checkpoint of any chain was published.");
    }

    public void Dispose() => _meter.Dispose();

    internal void Observe(Func<SequencerStatus> status) => _status = status;

    internal void Committed(Round round, TimeSpan elapsed)
    {
        _batchEntries.Record(round.Entries);
        _commitSeconds.Record(elapsed.TotalSeconds);
    }

    internal void EnclaveAnswered(TimeSpan elapsed) => _enclaveSeconds.Record(elapsed.TotalSeconds);

    internal void Published(ChainAppend append, TimeSpan elapsed)
    {
        _publishSeconds.Record(elapsed.TotalSeconds);
        _entries.Add(append.Leaves.Length);
    }

    internal void WitnessAnswered(string witness, string outcome) => _witnessAnswers.Add(
        1, new KeyValuePair<string, object?>("witness", witness),
        new KeyValuePair<string, object?>("outcome", outcome));

    internal void Witnessed(TimeSpan elapsed) => _witnessSeconds.Record(elapsed.TotalSeconds);

    internal void Refused(RefusalCode code) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("code", Codes[(int)code]));
}
