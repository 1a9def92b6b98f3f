namespace Sequencer.Bench;

/// <summary>How long a run takes and how large the logs get.</summary>
internal sealed record Scope
{
    public static readonly Scope Quick = new()
    {
        Name = "quick",
        LoadSeconds = 2,
        WarmUpSeconds = 2,
        LimitSeconds = .5,
        Chains = 1_000,
        Sizes = [20_000],
    };

    public static readonly Scope Standard = new()
    {
        Name = "standard",
        LoadSeconds = 8,
        WarmUpSeconds = 5,
        LimitSeconds = 2,
        Chains = 10_000,
        Sizes = [100_000, 1_000_000, 10_000_000],
    };

    public static readonly Scope Full = Standard with
    {
        Name = "full",
        Sizes = [100_000, 1_000_000, 10_000_000, 100_000_000],
    };

    public required string Name { get; init; }

    /// <summary>How long one load is measured.</summary>
    public required double LoadSeconds { get; init; }

    /// <summary>How long each server is driven before it is measured, so that its code is compiled.</summary>
    public required double WarmUpSeconds { get; init; }

    /// <summary>How long each limit is measured.</summary>
    public required double LimitSeconds { get; init; }

    /// <summary>The larger number of chains.</summary>
    public required int Chains { get; init; }

    /// <summary>Sizes, in entries, at which a log is measured again; ascending.</summary>
    public required IReadOnlyList<long> Sizes { get; init; }
}
