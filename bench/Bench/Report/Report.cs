namespace Sequencer.Bench.Report;

/// <summary>What a run measured, and on what.</summary>
internal sealed record Report
{
    public required DateTimeOffset Started { get; init; }

    /// <summary>quick, standard or full.</summary>
    public required string Scope { get; init; }

    /// <summary>Load average of one minute when the run began: what else the machine was busy with.</summary>
    public required string LoadBefore { get; init; }

    public required string LoadAfter { get; init; }

    public required IReadOnlyDictionary<string, double> Limits { get; init; }

    public required IReadOnlyList<Figure> Figures { get; init; }

    public required long ReceiptsVerified { get; init; }
}
