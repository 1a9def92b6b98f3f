using System.Diagnostics.Metrics;

namespace Sequencer.Core.Tests;

/// <summary>Makes meters, and keeps what is recorded with them: tests that run beside have others.</summary>
internal sealed class MeterProbe : IMeterFactory
{
    private readonly Lock _lock = new();
    private readonly List<Meter> _meters = [];
    private readonly List<(string Name, double Value)> _recorded = [];
    private readonly MeterListener _listener = new();

    public MeterProbe()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        _listener.Start();
    }

    /// <summary>What an instrument recorded, in order.</summary>
    public IReadOnlyList<double> Of(string name)
    {
        lock (_lock)
            return [.. _recorded.Where(one => one.Name == name).Select(one => one.Value)];
    }

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    private void Add(Instrument instrument, double value)
    {
        lock (_lock)
            _recorded.Add((instrument.Name, value));
    }
}
