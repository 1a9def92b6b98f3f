using System.Collections.Concurrent;
using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>
/// An honest witness as C2SP tlog-witness has it, in memory: verifies the log's signature and the consistency
/// proof, remembers, and cosigns. Safe for concurrent use.
/// </summary>
internal sealed class ModelWitness : IWitness
{
    private readonly NoteSigner _signer;
    private readonly Func<string, VerifierKey> _logKeyOf;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    /// <param name="name">The name of its key.</param>
    /// <param name="logKeyOf">The log key of an origin.</param>
    /// <param name="time">Its clock.</param>
    public ModelWitness(string name, Func<string, VerifierKey> logKeyOf, TimeProvider time)
    {
        (Name, _logKeyOf, _time) = (name, logKeyOf, time);
        var seed = new byte[NoteSigner.SeedSizeBytes];
        Encoding.UTF8.GetBytes(name, seed);
        _signer = NoteSigner.FromSeed(seed);
        Key = VerifierKey.Create(name, SignatureType.CosignatureEd25519, _signer.PublicKey.Span);
    }

    public string Name { get; }

    public VerifierKey Key { get; }

    /// <summary>What it cosigned last, by origin.</summary>
    public Dictionary<string, (ulong Size, Hash Root)> Seen { get; } = [];

    /// <summary>Every request, in order: origin, old size, size.</summary>
    public ConcurrentQueue<(string Origin, ulong OldSize, ulong Size)> Requests { get; } = [];

    /// <summary>A policy line for each witness, and a quorum of so many.</summary>
    public static string PolicyTextOf(int quorum, params IEnumerable<ModelWitness> witnesses)
    {
        var text = string.Concat(witnesses.Select(witness => $"witness {witness.Name} {witness.Key}\n"));
        var names = string.Join(' ', witnesses.Select(witness => witness.Name));
        return $"{text}group all-of-them {quorum} {names}\nquorum all-of-them\n";
    }

    /// <summary>Whether a note has the word of an enclave: its cosignature, or its signature of a proposal.</summary>
    public static bool IsBy(VerifierKey enclave, SignedNote note)
    {
        var proposer = enclave.AsSigner();
        var lines = note.Signatures.Where(line => line.Name == enclave.Name).Select(line => line.KeyId);
        return lines.Any(id => id == enclave.KeyId || id == proposer.KeyId);
    }

    /// <summary>What it waits for before it looks at a checkpoint of an origin.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>The size that it cosigned last; 0 for none.</summary>
    public ulong SizeOf(string origin)
    {
        lock (_lock)
            return Seen.GetValueOrDefault(origin).Size;
    }

    public async Task<WitnessAnswer> AddCheckpointAsync(
        ulong oldSize, IReadOnlyList<Hash> proof, ReadOnlyMemory<byte> checkpoint, CancellationToken ct)
    {
        await Before(Checkpoint.Parse(SignedNote.Parse(checkpoint.Span).Text).Origin).WaitAsync(ct);
        return AddCheckpoint(oldSize, proof, checkpoint);
    }

    /// <summary>The same at once, without <see cref="Before"/>.</summary>
    public WitnessAnswer AddCheckpoint(ulong oldSize, IReadOnlyList<Hash> proof, ReadOnlyMemory<byte> checkpoint)
    {
        lock (_lock)
            return Add(oldSize, proof, checkpoint);
    }

    private WitnessAnswer Add(ulong oldSize, IReadOnlyList<Hash> proof, ReadOnlyMemory<byte> checkpoint)
    {
        var note = SignedNote.Parse(checkpoint.Span);
        var next = Checkpoint.Parse(note.Text);
        note.Verify([_logKeyOf(next.Origin)]);
        Requests.Enqueue((next.Origin, oldSize, next.Size));
        var (size, root) = Seen.GetValueOrDefault(next.Origin, (0UL, MerkleHash.Empty));
        if (oldSize > next.Size)
            return new WitnessAnswer.Refused(400, "the old size is above the checkpoint's");
        if (oldSize != size)
            return new WitnessAnswer.Behind(size);
        try
        {
            ConsistencyProof.Verify(oldSize, root, next.Size, next.Root, [.. proof]);
        }
        catch (TlogException exception)
        {
            return new WitnessAnswer.Refused(422, exception.Message);
        }

        Seen[next.Origin] = (next.Size, next.Root);
        return new WitnessAnswer.Cosigned(Encoding.UTF8.GetBytes(Cosign(note.Text).ToLine()));
    }

    private NoteSignature Cosign(string text)
    {
        var time = (ulong)_time.GetUtcNow().ToUnixTimeSeconds();
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        _signer.Sign(Cosignature.Message(time, text), signature);
        return NoteSignature.Cosignature(Key, time, signature);
    }
}
