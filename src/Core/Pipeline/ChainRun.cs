using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>One chain's consecutive submissions within a round.</summary>
internal sealed class ChainRun(Chain chain, ulong firstIndex)
{
    private Hash[]? _leaves;

    public Chain Chain { get; } = chain;

    public ulong FirstIndex { get; } = firstIndex;

    public List<PendingSubmission> Submissions { get; } = [];

    /// <summary>The leaf hashes; the list of submissions must be complete by the first call.</summary>
    public Hash[] Leaves => _leaves ??= Join(Submissions.ConvertAll(submission => submission.Leaves));

    /// <summary>The entries, to be written.</summary>
    public EntriesRecord ToRecord() => new(Chain.Record!.Number, FirstIndex, Concatenate(), Leaves);

    /// <summary>Puts lists of hashes one behind the other.</summary>
    public static Hash[] Join(IReadOnlyList<Hash[]> parts)
    {
        if (parts is [var only])
            return only;
        var hashes = new Hash[parts.Sum(part => part.Length)];
        var rest = hashes.AsSpan();
        foreach (var part in parts)
        {
            part.CopyTo(rest);
            rest = rest[part.Length..];
        }

        return hashes;
    }

    private IReadOnlyList<ReadOnlyMemory<byte>> Concatenate()
    {
        if (Submissions is [var only])
            return only.Submission.Entries;
        var entries = new List<ReadOnlyMemory<byte>>(Leaves.Length);
        foreach (var submission in Submissions)
            entries.AddRange(submission.Submission.Entries);
        return entries;
    }
}
