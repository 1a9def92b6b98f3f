using System.Text.Json;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>Reads and writes evidence files.</summary>
internal static class EvidenceJson
{
    public static ContradictionEvidence Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > ContradictionEvidence.MaxJsonChars)
            throw Malformed($"it is longer than {ContradictionEvidence.MaxJsonChars} characters");
        try
        {
            var document = JsonSerializer.Deserialize(json, MonitorJson.Default.EvidenceDocument)
                ?? throw Malformed("its JSON is null");
            return Read(document);
        }
        catch (JsonException broken)
        {
            throw new FormatException(
                $"This is no evidence file: it is not the JSON that `sequencer monitor` writes ({broken.Message})",
                broken);
        }
        catch (TlogException wrong)
        {
            throw new FormatException($"The evidence is malformed. {wrong.Message}", wrong);
        }
    }

    public static string Write(ContradictionEvidence evidence) => JsonSerializer.Serialize(new()
    {
        Format = ContradictionEvidence.Format,
        FoundAt = evidence.FoundAt,
        Kind = evidence.Kind,
        Origin = evidence.Origin,
        LogKey = evidence.LogKey.ToString(),
        Older = Write(evidence.Older),
        Newer = Write(evidence.Newer),
        Disagreement = evidence.Disagreement is { } subtree ? Write(subtree) : null,
        Witnesses = [.. from witness in evidence.Witnesses
                        select new EvidenceDocument.Witness
                        {
                            Name = witness.Name,
                            Key = witness.Key.ToString(),
                        }],
    }, MonitorJson.Readable.EvidenceDocument) + "\n";

    private static ContradictionEvidence Read(EvidenceDocument document)
    {
        if (document.Format != ContradictionEvidence.Format)
            throw Malformed($"its format must be '{ContradictionEvidence.Format}'");
        if (document.Witnesses.Count > ContradictionEvidence.MaxWitnesses)
            throw Malformed($"it names more than {ContradictionEvidence.MaxWitnesses} witnesses");
        if (document.Witnesses.Contains(null!))
            throw Malformed("a witness is null");
        var older = ParsedCheckpoint.Parse(document.Older.Checkpoint).Checkpoint;
        var newer = ParsedCheckpoint.Parse(document.Newer.Checkpoint).Checkpoint;
        var key = VerifierKey.Parse(document.LogKey);
        if (older.Origin != document.Origin || newer.Origin != document.Origin || key.Name != document.Origin)
            throw Malformed($"both checkpoints and the log's key must be of the origin {document.Origin}");
        CheckKind(document, older, newer);
        return new()
        {
            FoundAt = document.FoundAt,
            Kind = document.Kind,
            LogKey = key,
            Older = Read(document.Older),
            Newer = Read(document.Newer),
            Disagreement = document.Disagreement is { } subtree ? Read(subtree) : null,
            Witnesses = [.. from witness in document.Witnesses
                            select new EvidenceWitness(witness.Name, VerifierKey.Parse(witness.Key))],
        };
    }

    private static void CheckKind(EvidenceDocument document, Checkpoint older, Checkpoint newer)
    {
        if (document.Kind == ContradictionKind.SameSize
            ? older.Size != newer.Size
            : older.Size >= newer.Size)
        {
            throw Malformed($"the sizes {older.Size} and {newer.Size} do not fit its kind");
        }

        if ((document.Kind == ContradictionKind.NotAPrefix) != (document.Disagreement is not null))
            throw Malformed("a disagreement belongs to the kind 'not_a_prefix', and to no other");
    }

    private static EvidenceSide Read(EvidenceDocument.Side side) => new(
        side.Checkpoint, side.AttestationDocument is { } document ? (ReadOnlyMemory<byte>?)document : null);

    private static EvidenceDocument.Side Write(EvidenceSide side) => new()
    {
        Checkpoint = side.Checkpoint,
        AttestationDocument = side.AttestationDocument?.ToArray(),
    };

    private static SubtreeDisagreement Read(EvidenceDocument.Subtree subtree) => new(
        new(subtree.Level, subtree.Index),
        ReadHash(subtree.OlderHash), ReadProof(subtree.OlderProof),
        ReadHash(subtree.NewerHash), ReadProof(subtree.NewerProof));

    private static EvidenceDocument.Subtree Write(SubtreeDisagreement subtree) => new()
    {
        Level = subtree.Node.Level,
        Index = subtree.Node.Index,
        OlderHash = subtree.Older.ToString(),
        OlderProof = [.. subtree.OlderProof.Select(hash => hash.ToString())],
        NewerHash = subtree.Newer.ToString(),
        NewerProof = [.. subtree.NewerProof.Select(hash => hash.ToString())],
    };

    private static Hash[] ReadProof(IReadOnlyList<string> proof) => proof.Count <= InclusionProof.MaxHashes
        ? [.. proof.Select(ReadHash)]
        : throw Malformed($"a proof has at most {InclusionProof.MaxHashes} hashes");

    private static Hash ReadHash(string text) => Hash.TryParseBase64(text, out var hash)
        ? hash
        : throw Malformed("a hash is 32 bytes in standard base64");

    private static FormatException Malformed(string why) => new($"The evidence is malformed: {why}.");
}
