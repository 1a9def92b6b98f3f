namespace Sequencer.Iac.Tests.Fakes;

/// <summary>An instance; its state moves on by one with every look at it, as planned.</summary>
internal sealed class FakeInstance
{
    public required string Id { get; init; }

    public required AwsCall Request { get; init; }

    public required Dictionary<string, string> Tags { get; init; }

    public required string Type { get; init; }

    public string State { get; set; } = "pending";

    /// <summary>States to come, one a look.</summary>
    public Queue<string> Next { get; } = new();

    /// <summary>Looks at the status checks before they pass.</summary>
    public int ChecksPending { get; set; }

    public bool IsSpot { get; init; }

    /// <summary>When it was started last, as AWS writes it.</summary>
    public string LaunchedAt { get; set; } = "2026-11-22T19:00:00.000Z";

    public string? StateReason { get; set; }

    public void Look()
    {
        if (Next.TryDequeue(out var next))
            State = next;
    }
}
