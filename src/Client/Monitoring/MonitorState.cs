using System.Text.Json;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// What a monitor remembers of a log: the newest checkpoint that held, verbatim, and what the next one is
/// checked against. Immutable; it is checked as a whole when it is read.
/// </summary>
public sealed record MonitorState
{
    /// <summary>The first member of every state file; its number is the version.</summary>
    public const string Format = "sequencer-monitor-state/v1";

    internal MonitorState(RightEdge edge) => Edge = edge;

    /// <summary>The log.</summary>
    public string Origin => Checkpoint.Origin;

    /// <summary>The newest checkpoint that held, a signed note.</summary>
    public required string Note { get; init; }

    /// <summary>What that note says.</summary>
    public required Checkpoint Checkpoint { get; init; }

    /// <summary>The key that signed it: the policy's, or the one of first contact.</summary>
    public required VerifierKey LogKey { get; init; }

    /// <summary>The document of the enclave that cosigned it.</summary>
    internal ReadOnlyMemory<byte>? Document { get; init; }

    /// <summary>What its tree is continued from.</summary>
    internal RightEdge Edge { get; init; }

    internal IReadOnlyList<KnownEpoch> Epochs { get; init; } = [];

    /// <summary>
    /// The last that held of those served at <c>checkpoint</c>; with witnesses, it may be behind the newest.
    /// </summary>
    internal string? DefaultNote { get; init; }

    /// <summary>
    /// Entries up to here were hashed, or come from before that was asked; null when it never was.
    /// </summary>
    internal ulong? RehashedSize { get; init; }

    internal IReadOnlyList<FoundEvidence> Evidence { get; init; } = [];

    /// <summary>Reads a state file's text and checks that its parts belong together.</summary>
    /// <exception cref="MonitorStateException">When it is damaged, or of another version.</exception>
    public static MonitorState Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return Read(JsonSerializer.Deserialize(json, MonitorJson.Default.MonitorStateDocument)
                ?? throw Damaged("its JSON is null"));
        }
        catch (JsonException broken)
        {
            throw Damaged($"its JSON is not of the agreed form ({broken.Message})", broken);
        }
        catch (TlogException wrong)
        {
            throw Damaged(wrong.Message, wrong);
        }
    }

    /// <summary>The state as a file's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(new()
    {
        Format = Format,
        Origin = Origin,
        LogKey = LogKey.ToString(),
        Checkpoint = Note,
        AttestationDocument = Document?.ToArray(),
        Edge = Edge.Tiles.ToDictionary(tile => tile.Id.ToPath(), tile => RightEdge.ToBytes(tile.Hashes)),
        Epochs = [.. from epoch in Epochs
                     select new MonitorStateDocument.Epoch
                     {
                         StartSize = epoch.StartSize,
                         Key = epoch.Key,
                         DocumentSha256 = epoch.Document.ToString(),
                     }],
        DefaultCheckpoint = DefaultNote,
        RehashedSize = RehashedSize,
        Evidence = [.. from found in Evidence
                       select new MonitorStateDocument.Found
                       {
                           Size = found.Size,
                           Kind = found.Kind,
                           File = found.File,
                       }],
    }, MonitorJson.Readable.MonitorStateDocument) + "\n";

    private static MonitorState Read(MonitorStateDocument document)
    {
        if (document.Format != Format)
            throw Damaged($"its format is '{document.Format}'; this program reads '{Format}'");
        if (document.Epochs.Contains(null!) || document.Evidence.Contains(null!))
            throw Damaged("an epoch or evidence is null");
        var signed = ParsedCheckpoint.Parse(document.Checkpoint);
        var key = VerifierKey.Parse(document.LogKey);
        if (signed.Checkpoint.Origin != document.Origin || key.Name != document.Origin)
            throw Damaged("origin, key and checkpoint are not of one log");
        if (signed.SignaturesBy([key]).Count == 0)
            throw Damaged("its checkpoint is not signed by its key");
        if (document.DefaultCheckpoint is { } note
            && ParsedCheckpoint.Parse(note).Checkpoint.Origin != document.Origin)
        {
            throw Damaged("its default checkpoint is of another log");
        }

        if (document.RehashedSize > signed.Checkpoint.Size)
            throw Damaged("more entries were hashed than the checkpoint has");
        return new(ReadEdge(document.Edge, signed.Checkpoint))
        {
            Note = document.Checkpoint,
            Checkpoint = signed.Checkpoint,
            LogKey = key,
            Document = document.AttestationDocument is { } bytes ? (ReadOnlyMemory<byte>?)bytes : null,
            Epochs = [.. document.Epochs.Select(ReadEpoch)],
            DefaultNote = document.DefaultCheckpoint,
            RehashedSize = document.RehashedSize,
            Evidence = [.. from found in document.Evidence
                           select new FoundEvidence(found.Size, found.Kind, found.File)],
        };
    }

    private static RightEdge ReadEdge(IReadOnlyDictionary<string, byte[]> tiles, Checkpoint checkpoint)
    {
        var read = new Dictionary<TileId, Hash[]>();
        foreach (var (path, bytes) in tiles)
        {
            if (bytes is null || !TileId.TryParse(path, out var tile)
                || RightEdge.FromBytes(bytes) is not { } hashes)
            {
                throw Damaged($"its edge has '{path}', which is no tile");
            }

            read.Add(tile, hashes);
        }

        return RightEdge.TryCreate(checkpoint.Size, read) is { } edge && edge.Root() == checkpoint.Root
            ? edge
            : throw Damaged("its edge does not give the root of its checkpoint");
    }

    private static KnownEpoch ReadEpoch(MonitorStateDocument.Epoch epoch) =>
        Hash.TryParseBase64(epoch.DocumentSha256, out var digest)
            ? new(epoch.StartSize, epoch.Key, digest)
            : throw Damaged("the digest of an epoch's document is not 32 bytes in standard base64");

    private static MonitorStateException Damaged(string why, Exception? inner = null) => new(
        $"The state is damaged: {why}. Restore it from a copy; or move it away, to begin anew with what the "
            + "log serves then, on trust.", inner);
}
