using System.Text;

namespace Sequencer.Witness.Tests;

/// <summary>
/// A log that signs what it is told, honest or not: its entries are numbers, and a fork's are others from
/// some index on.
/// </summary>
internal sealed class TestLog : INodeReader
{
    private readonly List<List<Hash>> _levels = [[]];
    private readonly NoteSigner _signer;

    public TestLog(string origin, byte seed = 1, int forkedFrom = int.MaxValue, string fork = "")
    {
        _signer = NoteSigner.FromSeed(Enumerable.Repeat(seed, NoteSigner.SeedSizeBytes).ToArray());
        Key = VerifierKey.Create(origin, SignatureType.Ed25519, _signer.PublicKey.Span);
        (ForkedFrom, Fork) = (forkedFrom, fork);
    }

    public VerifierKey Key { get; }

    public string Origin => Key.Name;

    private int ForkedFrom { get; }

    private string Fork { get; }

    public Hash Read(NodeId node) => _levels[node.Level][(int)node.Index];

    public Checkpoint At(ulong size)
    {
        Grow(size);
        return new Checkpoint(Origin, size, TreeRoot.Compute(size, this));
    }

    public Hash[] Proof(ulong from, ulong to)
    {
        Grow(to);
        return ConsistencyProof.Build(from, to, this);
    }

    public NoteSignature Sign(string text)
    {
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        _signer.Sign(Encoding.UTF8.GetBytes(text), signature);
        return NoteSignature.Ed25519(Key, signature);
    }

    /// <summary>A signed checkpoint, with more signatures behind the log's.</summary>
    public string Note(ulong size, params Func<string, NoteSignature>[] others)
    {
        var text = At(size).ToNoteText();
        return SignedNote.Create(text, [Sign(text), .. others.Select(sign => sign(text))]).ToString();
    }

    /// <summary>An honest request to go from one size to another.</summary>
    public AddCheckpointRequest Request(ulong from, ulong to, params Func<string, NoteSignature>[] others) =>
        new(from, Proof(from, to), Note(to, others));

    private void Grow(ulong size)
    {
        while ((ulong)_levels[0].Count < size)
        {
            var index = _levels[0].Count;
            var name = index < ForkedFrom ? $"{index}" : $"{Fork}{index}";
            Add(0, MerkleHash.Leaf(Encoding.UTF8.GetBytes(name)));
        }
    }

    private void Add(int level, Hash hash)
    {
        if (_levels.Count == level)
            _levels.Add([]);
        _levels[level].Add(hash);
        if (_levels[level].Count % 2 == 0)
            Add(level + 1, MerkleHash.Node(_levels[level][^2], hash));
    }
}
