using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Two signed checkpoints of one log that contradict each other, with all that shows it: anybody can verify
/// it offline (<see cref="EvidenceVerifier"/>). Well-formed, and otherwise unverified.
/// </summary>
public sealed record ContradictionEvidence
{
    /// <summary>The first member of every evidence file.</summary>
    public const string Format = "sequencer-evidence/v1";

    /// <summary>Longest evidence that is read, in characters.</summary>
    public const int MaxJsonChars = 4 << 20;

    /// <summary>Most witnesses that evidence names.</summary>
    public const int MaxWitnesses = 256;

    /// <summary>When it was found, by the finder's clock.</summary>
    public required DateTimeOffset FoundAt { get; init; }

    public required ContradictionKind Kind { get; init; }

    /// <summary>The operator's key, whose name is the log's origin.</summary>
    public required VerifierKey LogKey { get; init; }

    /// <summary>The smaller checkpoint; for equal sizes the one that was seen first.</summary>
    public required EvidenceSide Older { get; init; }

    public required EvidenceSide Newer { get; init; }

    /// <summary>Set for <see cref="ContradictionKind.NotAPrefix"/> alone.</summary>
    public SubtreeDisagreement? Disagreement { get; init; }

    /// <summary>Whose cosignatures are looked for on both sides.</summary>
    public IReadOnlyList<EvidenceWitness> Witnesses { get; init; } = [];

    /// <summary>The log.</summary>
    public string Origin => LogKey.Name;

    /// <summary>Reads an evidence file.</summary>
    /// <exception cref="FormatException">
    /// When it is none, or its parts do not belong together. The message is a sentence for a person.
    /// </exception>
    public static ContradictionEvidence Parse(string json) => EvidenceJson.Read(json);

    /// <summary>The evidence as a file's text.</summary>
    public string ToJson() => EvidenceJson.Write(this);
}
