using System.Security.Cryptography;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests.Rollback;

/// <summary>
/// A witness: an honest one does exactly what C2SP tlog-witness says, a liar cosigns anything at any time.
/// </summary>
/// <param name="name">Its name in the policy.</param>
/// <param name="isLiar">Whether it lies.</param>
/// <param name="offsetMs">How far its clock is from true time.</param>
internal sealed class RollbackWitness(string name, bool isLiar, long offsetMs) : IDisposable
{
    private readonly NoteSigner _signer = NoteSigner.FromSeed(SHA256.HashData([(byte)name[0]]));
    private readonly Dictionary<string, Checkpoint> _last = [];
    private VerifierKey? _key;

    public string Name => name;

    public bool IsLiar => isLiar;

    public VerifierKey Key => _key ??= VerifierKey.Create(
        $"{name}.witness.test", SignatureType.CosignatureEd25519, _signer.PublicKey.Span);

    /// <summary>An add-checkpoint request: 200 and a line, 409 and the size last cosigned, or 422.</summary>
    public (int Status, ulong Size, NoteSignature? Line) Add(
        Checkpoint next, ulong oldSize, Hash[] proof, long nowMs)
    {
        _last.TryGetValue(next.Origin, out var last);
        if (oldSize != (last?.Size ?? 0))
            return (409, last?.Size ?? 0, null);
        try
        {
            ConsistencyProof.Verify(oldSize, last?.Root ?? MerkleHash.Empty, next.Size, next.Root, proof);
        }
        catch (TlogException)
        {
            return (422, 0, null);
        }

        _last[next.Origin] = next;
        return (200, next.Size, Cosign(next, (ulong)((nowMs + offsetMs) / 1000)));
    }

    /// <summary>What only a liar does unasked.</summary>
    public NoteSignature Cosign(Checkpoint checkpoint, ulong time)
    {
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        _signer.Sign(Cosignature.Message(time, checkpoint.ToNoteText()), signature);
        return NoteSignature.Cosignature(Key, time, signature);
    }

    public void Dispose() => _signer.Dispose();
}
