using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// One chain in this epoch. It signs one root for each size, never a smaller size, never an earlier time;
/// a failure before the last line of <see cref="Append"/> leaves it as it was.
/// </summary>
internal sealed class ChainState
{
    private readonly EnclaveIdentity _identity;
    private Hash[] _subtrees;
    private ulong _lastFirst;
    private Hash _lastLeaves;

    /// <summary>A chain that starts, or goes on, at a range.</summary>
    /// <param name="identity">The epoch that signs.</param>
    /// <param name="origin">The chain.</param>
    /// <param name="range">Its tree.</param>
    /// <param name="time">Time of its first cosignature, in seconds since 1970.</param>
    /// <param name="priorCosigner">Key of the epoch that signed it before; null for a new chain.</param>
    public ChainState(
        EnclaveIdentity identity, string origin, CompactRange range, ulong time, VerifierKey? priorCosigner)
    {
        _identity = identity;
        _subtrees = range.Hashes.ToArray();
        _lastFirst = range.Size;
        Head = Sign(origin, range, time);
        if (priorCosigner is not null)
        {
            var adopted = new Checkpoint(origin, Head.Size, Head.Root);
            Head = Head with
            {
                Handover = identity.Sign(new Handover(adopted, priorCosigner, identity.Cosigner, time)),
            };
        }
    }

    /// <summary>The chain as last cosigned.</summary>
    public Head Head { get; private set; }

    /// <summary>Whether signing has ended for this epoch.</summary>
    public bool Retired { get; set; }

    /// <summary>Appends leaves, or repeats the answer to the last append.</summary>
    /// <exception cref="EnclaveRefusedException">When it is neither.</exception>
    public AppendResult Append(in AppendItem item, ulong now)
    {
        var leaves = MemoryMarshal.Cast<byte, Hash>(item.Leaves.Span);
        var digest = Hash.Read(SHA256.HashData(item.Leaves.Span));
        if (item.ExpectedSize != Head.Size)
        {
            return IsRepeat(item.ExpectedSize, digest)
                ? Answer(nodes: null)
                : throw new EnclaveRefusedException(EnclaveRefusalReason.SizeMismatch,
                    $"Expected size {item.ExpectedSize}, but {Head.Origin} has {Head.Size} entries.");
        }

        if (leaves.IsEmpty || (ulong)leaves.Length > CompactRange.MaxSize - Head.Size)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.InvalidRequest,
                $"{leaves.Length} leaves cannot be appended to {Head.Origin} at size {Head.Size}.");
        }

        var range = CompactRange.TryCreate(Head.Size, _subtrees)!;
        var nodes = item.WantNodes ? new List<Hash>(leaves.Length) : null;
        foreach (var leaf in leaves)
            range.Append(leaf, nodes);
        var head = Sign(Head.Origin, range, Math.Max(now, Head.Time));
        (_subtrees, _lastFirst, _lastLeaves, Head) = (range.Hashes.ToArray(), Head.Size, digest, head);
        return Answer(nodes);
    }

    /// <summary>The digest covers the number of leaves too: each is 32 bytes.</summary>
    private bool IsRepeat(ulong expectedSize, Hash digest) =>
        _lastFirst != Head.Size && expectedSize == _lastFirst && digest == _lastLeaves;

    /// <summary>The nodes are not kept: a repeat is rare, and the core can compute them.</summary>
    private AppendResult Answer(List<Hash>? nodes) => new()
    {
        FirstIndex = _lastFirst,
        NewSize = Head.Size,
        Root = Head.Root,
        Time = Head.Time,
        Cosignature = Head.Cosignature,
        Nodes = nodes is null ? default(ReadOnlyMemory<byte>?) : ToBytes(nodes),
    };

    private static byte[] ToBytes(List<Hash> hashes) =>
        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(hashes)).ToArray();

    private Head Sign(string origin, CompactRange range, ulong time)
    {
        var checkpoint = new Checkpoint(origin, range.Size, range.Root());
        return new Head(origin, range.Size, checkpoint.Root, time, _identity.Cosign(checkpoint, time));
    }
}
