using System.Globalization;

namespace Sequencer.Bench.Load;

/// <summary>What the open-loop sender shall do; passed to its process as arguments.</summary>
internal sealed record OpenLoopPlan
{
    public required Uri Address { get; init; }

    public required string Token { get; init; }

    /// <summary>Requests a second, over all connections.</summary>
    public required double Rate { get; init; }

    public required double Seconds { get; init; }

    public required int Connections { get; init; }

    /// <summary>Where a sample of what was sent and answered goes; empty for none.</summary>
    public string SampleFile { get; init; } = "";

    public IEnumerable<string> ToArguments() =>
    [
        Address.ToString(), Token, Rate.ToString("R", CultureInfo.InvariantCulture),
        Seconds.ToString("R", CultureInfo.InvariantCulture),
        Connections.ToString(CultureInfo.InvariantCulture), SampleFile,
    ];

    public static OpenLoopPlan Parse(IReadOnlyList<string> arguments) => arguments.Count == 6
        ? new OpenLoopPlan
        {
            Address = new Uri(arguments[0]),
            Token = arguments[1],
            Rate = double.Parse(arguments[2], CultureInfo.InvariantCulture),
            Seconds = double.Parse(arguments[3], CultureInfo.InvariantCulture),
            Connections = int.Parse(arguments[4], CultureInfo.InvariantCulture),
            SampleFile = arguments[5],
        }
        : throw new BenchException("send takes: address, token, rate, seconds, connections, sample file.");
}
