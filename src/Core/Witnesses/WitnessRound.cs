using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// One checkpoint that the witnesses are asked to cosign, and what they cosigned. The lock of its chain's
/// <see cref="ChainWitnessing"/> guards it.
/// </summary>
/// <param name="checkpoint">What is shown to the witnesses.</param>
/// <param name="text">Its text, which is cosigned.</param>
/// <param name="witnesses">Who is asked, in order.</param>
/// <param name="policy">Whose cosignatures make the quorum.</param>
/// <param name="startedAt">When the round began, as a timestamp of the clock.</param>
internal sealed class WitnessRound(
    SignedCheckpoint checkpoint, string text, IReadOnlyList<PolicyWitness> witnesses, TlogPolicy policy,
    long startedAt)
{
    private readonly NoteSignature?[] _cosignatures = new NoteSignature?[witnesses.Count];

    private readonly TaskCompletionSource<string> _demanded =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SignedCheckpoint Checkpoint { get; } = checkpoint;

    public string Text { get; } = text;

    public long StartedAt { get; } = startedAt;

    public TlogPolicy Policy { get; } = policy;

    /// <summary>The earliest time of a cosignature that counts, in seconds since 1970.</summary>
    public ulong TimeMin { get; init; }

    public bool HasQuorum { get; private set; }

    /// <summary>Whether any witness has cosigned: then the checkpoint is not given up for a newer one.</summary>
    public bool IsCosigned => Array.Exists(_cosignatures, cosignature => cosignature is not null);

    /// <summary>Whether a newer checkpoint must wait until this one has its quorum.</summary>
    public bool IsHeld => !HasQuorum && IsCosigned;

    /// <summary>The cosignatures of a demanded quorum, as signature lines.</summary>
    /// <exception cref="OlderLedgerException">When no quorum is left that has not seen more.</exception>
    public Task<string> Demanded => _demanded.Task;

    public bool HasCosignatureOf(int place) => _cosignatures[place] is not null;

    /// <summary>Adds the verified cosignature of one witness.</summary>
    public void Add(int place, NoteSignature cosignature)
    {
        _cosignatures[place] = cosignature;
        HasQuorum = Policy.Evaluate(
            witnesses.Where((_, other) => HasCosignatureOf(other)).Select(witness => witness.Key)).IsSatisfied;
        if (HasQuorum)
            _demanded.TrySetResult(Lines);
    }

    /// <summary>Adds the cosignatures that the checkpoint was sealed with.</summary>
    public void AddOwn()
    {
        var lines = SignedNote.Parse(Checkpoint.Note.Span).Signatures;
        for (var place = 0; place < witnesses.Count; place++)
        {
            if (lines.FirstOrDefault(line => line.Claims(witnesses[place].Key)) is { } own)
                Add(place, own);
        }
    }

    /// <summary>Gives up a demanded quorum.</summary>
    public void Fail(Exception why) => _demanded.TrySetException(why);

    /// <summary>The checkpoint with the cosignatures under it, in the policy's order.</summary>
    public SignedCheckpoint Witnessed()
    {
        // It may have been opened or sealed with some of them.
        var others = SignedNote.Parse(Checkpoint.Note.Span).Signatures
            .Where(line => !witnesses.Any(witness => line.Claims(witness.Key)));
        var note = SignedNote.Create(Text, [.. others, .. _cosignatures.OfType<NoteSignature>()]);
        return Checkpoint with { Note = Encoding.UTF8.GetBytes(note.ToString()) };
    }

    private string Lines => string.Concat(_cosignatures.Select(line => line?.ToLine()));
}
