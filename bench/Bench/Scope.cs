namespace Sequencer.Bench;

/// <summary>How long a run takes and how large the logs get.</summary>
internal sealed record Scope
{
    public static readonly Scope Quick = new()
    {
        Name = "quick",
        FillsPageCache = false,
        LoadSeconds = 1,
        LatencyTurns = 1,
        LatencySeconds = 1,
        Rounds = 1,
        RoundSeconds = 1,
        SizeRounds = 1,
        SizeRoundSeconds = 1,
        WarmUpStepSeconds = 1,
        WarmUpSecondsMax = 4,
        LimitSeconds = .25,
        Chains = 1_000,
        Sizes = [20_000],
    };

    public static readonly Scope Standard = new()
    {
        Name = "standard",
        FillsPageCache = true,
        LoadSeconds = 8,
        LatencyTurns = 3,
        LatencySeconds = 6,
        Rounds = 2,
        RoundSeconds = 3,
        SizeRounds = 4,
        SizeRoundSeconds = 1,
        WarmUpStepSeconds = 2,
        WarmUpSecondsMax = 14,
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

    /// <summary>
    /// Whether memory is brought to the state of a server at work first (<see cref="Running.PageCache"/>).
    /// </summary>
    public required bool FillsPageCache { get; init; }

    /// <summary>How long one load is measured.</summary>
    public required double LoadSeconds { get; init; }

    /// <summary>How often the gateway and bare Kestrel take turns in open loop; odd, since the median counts.</summary>
    public required int LatencyTurns { get; init; }

    /// <summary>How long such a turn is.</summary>
    public required double LatencySeconds { get; init; }

    /// <summary>How often the gateway and bare Kestrel take turns, with each number of connections.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long a turn is.</summary>
    public required double RoundSeconds { get; init; }

    /// <summary>How often a large log and an empty one, each with bare Kestrel, take turns.</summary>
    public required int SizeRounds { get; init; }

    /// <summary>How long such a turn is.</summary>
    public required double SizeRoundSeconds { get; init; }

    /// <summary>
    /// How long a server is driven at a time before it is measured, until it gets no faster
    /// (<see cref="Load.WarmUp"/>).
    /// </summary>
    public required double WarmUpStepSeconds { get; init; }

    /// <summary>How long that goes on at most.</summary>
    public required double WarmUpSecondsMax { get; init; }

    /// <summary>How long each limit is measured.</summary>
    public required double LimitSeconds { get; init; }

    /// <summary>The larger number of chains.</summary>
    public required int Chains { get; init; }

    /// <summary>Sizes, in entries, at which a log is measured again; ascending.</summary>
    public required IReadOnlyList<long> Sizes { get; init; }
}
