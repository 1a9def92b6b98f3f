namespace Sequencer.Client;

/// <summary>The JSON of an evidence file; what its members mean is in docs/monitor.md.</summary>
internal sealed record EvidenceDocument
{
    public required string Format { get; init; }

    public required DateTimeOffset FoundAt { get; init; }

    public required ContradictionKind Kind { get; init; }

    public required string Origin { get; init; }

    public required string LogKey { get; init; }

    public required Side Older { get; init; }

    public required Side Newer { get; init; }

    public Subtree? Disagreement { get; init; }

    public IReadOnlyList<Witness> Witnesses { get; init; } = [];

    internal sealed record Side
    {
        public required string Checkpoint { get; init; }

        /// <summary>In base64.</summary>
        public byte[]? AttestationDocument { get; init; }
    }

    internal sealed record Subtree
    {
        public required int Level { get; init; }

        public required ulong Index { get; init; }

        public required string OlderHash { get; init; }

        public required IReadOnlyList<string> OlderProof { get; init; }

        public required string NewerHash { get; init; }

        public required IReadOnlyList<string> NewerProof { get; init; }
    }

    internal sealed record Witness
    {
        public required string Name { get; init; }

        public required string Key { get; init; }
    }
}
