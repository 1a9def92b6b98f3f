namespace Sequencer.Bench.Report;

/// <summary>One line of the table: what was measured, the limit beside it, and the goal for their ratio.</summary>
internal sealed record Figure
{
    public required string Name { get; init; }

    public required double Value { get; init; }

    public required string Unit { get; init; }

    /// <summary>What the value is compared with.</summary>
    public required string LimitName { get; init; }

    public required double Limit { get; init; }

    /// <summary>What the ratio of value to limit should reach or, where less is better, not exceed.</summary>
    public required double Goal { get; init; }

    public bool LessIsBetter { get; init; }

    /// <summary>What else a reader should know: processor time, sizes, other percentiles.</summary>
    public string Note { get; init; } = "";

    public double Ratio => Value / Limit;

    public bool IsMet => LessIsBetter ? Ratio <= Goal : Ratio >= Goal;
}
