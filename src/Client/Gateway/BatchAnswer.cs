namespace Sequencer.Client;

/// <summary>The first line of the answer to a batch.</summary>
internal sealed record BatchAnswer
{
    public required ulong FirstIdx { get; init; }

    public required int Count { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
