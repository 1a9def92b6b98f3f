using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests.Rollback;

/// <summary>Everything that the host was told and may use, in any order and as often as it likes.</summary>
internal sealed class RollbackArchive
{
    /// <summary>Lines of a checkpoint that are kept, the newest ones: enough for old beside fresh.</summary>
    private const int LinesMax = 20;

    private readonly Dictionary<Checkpoint, List<NoteSignature>> _lines = [];

    /// <summary>Heads that an epoch cosigned.</summary>
    public List<(RollbackEnclave Epoch, History History, ulong Time, ReadOnlyMemory<byte> Cosignature)> Heads
    {
        get;
    } = [];

    /// <summary>What an epoch proposed.</summary>
    public List<(RollbackEnclave Epoch, History History, ReadOnlyMemory<byte> Signature)> Proposals
    {
        get;
    } = [];

    public void Add(History history, NoteSignature line)
    {
        if (!_lines.TryGetValue(history.Checkpoint, out var lines))
            _lines.Add(history.Checkpoint, lines = []);
        lines.Add(line);
        if (lines.Count > LinesMax)
            lines.RemoveAt(0);
    }

    /// <summary>All witness lines on a checkpoint, old ones and fresh ones.</summary>
    public string Lines(History history) => _lines.TryGetValue(history.Checkpoint, out var lines)
        ? AddCheckpointAnswer.FormatCosignatures(lines)
        : "";

    public ResumeRequest Resume(int head, int? proposal)
    {
        var (epoch, history, time, cosignature) = Heads[head];
        var start = history;
        PriorProposal? prior = null;
        if (proposal is { } number)
        {
            (_, start, var signature) = Proposals[number];
            prior = new PriorProposal(start.Checkpoint.ToNoteText(), signature);
        }

        return new ResumeRequest(
            history.Origin, history.Checkpoint.ToNoteText(), time, cosignature, epoch.Document,
            Tree.Range(start.Leaves), prior, Lines(start));
    }
}
